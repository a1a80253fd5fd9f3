//! Offers.

use super::destination::{addressing, key_file, session_options, upload_options};
use crate::ipc;

pub(crate) fn offer(offer: app::Offer, may_upload: bool) -> ipc::Offer {
    let (source, source_name) = match offer.source {
        app::OfferSource::DropZone { file_name } => (ipc::OfferSource::DropZone, file_name),
        app::OfferSource::Profile { name } => (ipc::OfferSource::Profile, name),
        app::OfferSource::KeyFile { file_name } => (ipc::OfferSource::KeyFile, file_name),
    };
    let form = offer.form;
    ipc::Offer {
        source,
        source_name,
        form: ipc::FormFields {
            name: form.name,
            role_arn: form.role_arn,
            region: form.region,
            bucket: form.bucket,
            prefix: form.prefix,
            endpoint: form.endpoint,
            sts_endpoint: form.sts_endpoint,
            session_seconds: form.session_seconds,
            external_id: form.external_id,
            mfa_serial: form.mfa_serial,
            addressing: addressing(form.addressing),
            session: session_options(form.session),
            uploads: upload_options(form.uploads),
        },
        key: offer.key.map(key_file),
        left_out: offer.left_out,
        may_upload,
    }
}

pub(crate) fn aws_profile(profile: app::ProfileSummary) -> ipc::AwsProfile {
    ipc::AwsProfile {
        name: profile.name,
        role_arn: profile.role_arn,
    }
}
