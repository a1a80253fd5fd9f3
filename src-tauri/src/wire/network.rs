//! How servers are reached.

use crate::ipc;

pub(crate) fn network(view: app::NetworkView) -> ipc::Network {
    ipc::Network {
        proxy: match view.proxy {
            app::ProxyChoice::System => ipc::ProxyChoice::System,
            app::ProxyChoice::None => ipc::ProxyChoice::None,
            app::ProxyChoice::Manual => ipc::ProxyChoice::Manual,
        },
        url: view.url,
        user: view.user,
        has_password: view.has_password,
        no_proxy: view.no_proxy,
        trusted: view.trusted.map(|file| ipc::TrustedFile {
            name: file.name,
            certificates: file.certificates,
        }),
    }
}

pub(crate) fn proxy_form(form: ipc::ProxyForm) -> app::NetworkForm {
    app::NetworkForm {
        proxy: match form.proxy {
            ipc::ProxyChoice::System => app::ProxyChoice::System,
            ipc::ProxyChoice::None => app::ProxyChoice::None,
            ipc::ProxyChoice::Manual => app::ProxyChoice::Manual,
        },
        url: form.url,
        user: form.user,
        password: form.password,
        no_proxy: form.no_proxy,
    }
}
