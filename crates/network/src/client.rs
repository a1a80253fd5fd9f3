//! One HTTP client that STS and S3 share: the SDK's own connector, with our proxies and certificates.

use std::net::IpAddr;
use std::sync::Arc;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use secrecy::SecretString;

use crate::rules::{Rules, Through, without};
use crate::settings::{Network, Proxy};
use crate::{system, unreached};

/// Builds it; for `Proxy::System` the system is asked now. Connections are made when they are needed and kept.
pub async fn client(network: &Network, password: Option<SecretString>) -> SharedHttpClient {
    let rules = match &network.proxy {
        Proxy::System => system::rules().await,
        Proxy::None => Rules::default(),
        Proxy::Manual {
            url,
            user,
            no_proxy,
        } => {
            let user = user
                .clone()
                .map(|user| (user, password.unwrap_or_default()));
            let through = Some(Through::new(url.clone(), user));
            Rules {
                http: through.clone(),
                https: through,
                asked: Some(without(no_proxy)),
                spares_loopback: false,
            }
        }
    };
    // The platform's store is in it.
    let mut trust = TrustStore::default();
    if let Some(authorities) = &network.authorities {
        trust.add_pem_certificate(authorities.pem());
    }
    let of = |through: Option<&Through>| one(&trust, through);
    SharedHttpClient::new(Ways(Arc::new(Inner {
        direct: of(None),
        http: rules.http.as_ref().map(|through| of(Some(through))),
        https: rules.https.as_ref().map(|through| of(Some(through))),
        rules,
    })))
}

/// A client that always goes directly, or always through this proxy: one connector for each set of timeouts.
fn one(trust: &TrustStore, through: Option<&Through>) -> SharedHttpClient {
    let proxy = through.map_or_else(ProxyConfig::disabled, proxy_of);
    let trust = trust.clone();
    Builder::new().build_with_connector_fn(move |settings, components| {
        let tls = TlsContext::builder().with_trust_store(trust.clone());
        let mut builder = ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(tls.build().unwrap_or_default())
            .proxy_config(proxy.clone());
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.build_with_resolver(Names)
    })
}

fn proxy_of(through: &Through) -> ProxyConfig {
    // It was checked when it was parsed.
    let Ok(proxy) = ProxyConfig::all(through.url.uri().clone()) else {
        return ProxyConfig::disabled();
    };
    match through.encoded_user() {
        Some((user, password)) => proxy.with_basic_auth(user, password),
        None => proxy,
    }
}

#[derive(Clone, Debug)]
struct Ways(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    direct: SharedHttpClient,
    http: Option<SharedHttpClient>,
    https: Option<SharedHttpClient>,
    rules: Rules,
}

impl HttpClient for Ways {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = |client: &SharedHttpClient| client.http_connector(settings, components);
        SharedHttpConnector::new(Way {
            direct: connector(&self.0.direct),
            http: self.0.http.as_ref().map(connector),
            https: self.0.https.as_ref().map(connector),
            ways: self.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.direct.connector_metadata()
    }
}

/// Chooses the way of each request, and says why one does not arrive.
#[derive(Debug)]
struct Way {
    direct: SharedHttpConnector,
    http: Option<SharedHttpConnector>,
    https: Option<SharedHttpConnector>,
    ways: Ways,
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let address = request.uri().to_owned();
        let through = self.ways.0.rules.through(&address);
        let proxied = if address.starts_with("https:") {
            &self.https
        } else {
            &self.http
        };
        let connector = match (through, proxied) {
            (Some(_), Some(proxied)) => proxied,
            _ => &self.direct,
        };
        let proxy = through.map(|through| through.url.host().to_owned());
        let answer = connector.call(request);
        HttpConnectorFuture::new(async move {
            match answer.await {
                Ok(response) => unreached::looked_at(response, &address, proxy),
                Err(error) => Err(unreached::explained(error, proxy)),
            }
        })
    }
}

/// The system's names. The SDK's own way says only in a text that a name was not found.
#[derive(Clone, Debug)]
struct Names;

impl ResolveDns for Names {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await;
            let found = found.map_err(ResolveDnsError::new)?;
            let mut addresses: Vec<IpAddr> = Vec::new();
            for address in found {
                if !addresses.contains(&address.ip()) {
                    addresses.push(address.ip());
                }
            }
            Ok(addresses)
        })
    }
}
