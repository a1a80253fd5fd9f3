//! Destinations, the form they are made from, and their keys.

use crate::ipc;

pub(super) fn destination(destination: &app::Destination) -> ipc::Destination {
    ipc::Destination {
        id: destination.id.as_str().to_owned(),
        name: destination.name.clone(),
        bucket: destination.target.bucket.to_string(),
        region: destination.target.region.clone(),
        prefix: destination.prefix.to_string(),
        role_arn: destination.role_arn.to_string(),
        endpoint: destination.target.endpoint.clone(),
        is_sandbox: destination.is_sandbox,
        key_ends: destination.key.ends.clone(),
        needs_mfa: destination.mfa_serial.is_some(),
        sts_endpoint: destination.sts_endpoint.clone(),
        session_seconds: destination.session_length.seconds(),
        external_id: destination.external_id.as_ref().map(ToString::to_string),
        mfa_serial: destination.mfa_serial.as_ref().map(ToString::to_string),
        addressing: addressing(destination.target.addressing),
        session: session_options(app::SessionOptions::of(&destination.asks)),
        longest_session_seconds: destination.longest_session.map(app::SessionLength::seconds),
        refuses_policy: destination.refuses_policy,
        is_key_new: destination.key.is_new,
        key_since: destination.key.since.map(|since| since.to_string()),
        uploads: upload_options(app::UploadOptions::of(&destination.uploads)),
    }
}

/// The form, its key, and the destination whose place it takes.
pub(crate) fn form(
    form: ipc::ConnectForm,
) -> (
    app::DestinationForm,
    app::KeySource,
    Option<app::DestinationId>,
) {
    let replaces = form.replaces.as_deref().map(app::DestinationId::from_wire);
    let key = match form.key {
        ipc::FormKey::Typed(key) => app::KeySource::Typed {
            id: key.id,
            secret: key.secret,
        },
        ipc::FormKey::Kept => app::KeySource::Kept,
        ipc::FormKey::File { ticket } => app::KeySource::File { ticket },
    };
    let fields = form.fields;
    let form = app::DestinationForm {
        name: fields.name,
        role_arn: fields.role_arn,
        region: fields.region,
        bucket: fields.bucket,
        prefix: fields.prefix,
        endpoint: fields.endpoint,
        sts_endpoint: fields.sts_endpoint,
        session_seconds: fields.session_seconds,
        external_id: fields.external_id,
        mfa_serial: fields.mfa_serial,
        addressing: typed_addressing(fields.addressing),
        session: app::SessionOptions {
            tags: fields.session.tags,
            source_identity: fields.session.source_identity,
            name: fields.session.name,
            is_whole_role: fields.session.is_whole_role,
            may_delete: fields.session.may_delete,
        },
        is_key_new: form.is_key_new,
        uploads: app::UploadOptions {
            keeps_mtime: fields.uploads.keeps_mtime,
            storage_class: fields.uploads.storage_class,
            kms_key: fields.uploads.kms_key,
            tags: fields.uploads.tags,
            follows_links: fields.uploads.follows_links,
            marks_empty_folders: fields.uploads.marks_empty_folders,
            leaves_out: fields.uploads.leaves_out,
        },
    };
    (form, key, replaces)
}

pub(crate) fn key_file(file: app::KeyFile) -> ipc::KeyFile {
    ipc::KeyFile {
        ticket: file.ticket,
        file_name: file.file_name,
        key_ends: file.key_ends,
    }
}

pub(super) fn upload_options(options: app::UploadOptions) -> ipc::UploadOptions {
    ipc::UploadOptions {
        keeps_mtime: options.keeps_mtime,
        storage_class: options.storage_class,
        kms_key: options.kms_key,
        tags: options.tags,
        follows_links: options.follows_links,
        marks_empty_folders: options.marks_empty_folders,
        leaves_out: options.leaves_out,
    }
}

pub(super) fn session_options(options: app::SessionOptions) -> ipc::SessionOptions {
    ipc::SessionOptions {
        tags: options.tags,
        source_identity: options.source_identity,
        name: options.name,
        is_whole_role: options.is_whole_role,
        may_delete: options.may_delete,
    }
}

pub(super) fn addressing(addressing: app::Addressing) -> ipc::Addressing {
    ipc::Addressing {
        style: match addressing.style {
            app::AddressingStyle::Usual => ipc::AddressingStyle::Usual,
            app::AddressingStyle::Path => ipc::AddressingStyle::Path,
            app::AddressingStyle::VirtualHosted => ipc::AddressingStyle::VirtualHosted,
        },
        is_fips: addressing.is_fips,
        is_dual_stack: addressing.is_dual_stack,
    }
}

fn typed_addressing(addressing: ipc::Addressing) -> app::Addressing {
    app::Addressing {
        style: match addressing.style {
            ipc::AddressingStyle::Usual => app::AddressingStyle::Usual,
            ipc::AddressingStyle::Path => app::AddressingStyle::Path,
            ipc::AddressingStyle::VirtualHosted => app::AddressingStyle::VirtualHosted,
        },
        is_fips: addressing.is_fips,
        is_dual_stack: addressing.is_dual_stack,
    }
}
