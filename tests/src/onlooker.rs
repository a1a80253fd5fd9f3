//! What really lies in a bucket: an administrator's key, asked past Sandglass.

use std::collections::BTreeMap;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};

/// Sees one bucket.
pub struct Onlooker {
    client: Client,
    bucket: String,
}

impl Onlooker {
    /// With these credentials; a session token only where they are a session's.
    pub fn new(
        endpoint: &str,
        region: &str,
        bucket: &str,
        key: (&str, &str),
        token: Option<&str>,
    ) -> Self {
        let credentials =
            Credentials::new(key.0, key.1, token.map(str::to_owned), None, "onlooker");
        let config = Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .endpoint_url(endpoint)
            .credentials_provider(credentials)
            .force_path_style(true)
            .build();
        Self {
            client: Client::from_conf(config),
            bucket: bucket.to_owned(),
        }
    }

    /// The client, for what is not here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// All keys, in order.
    pub async fn keys(&self) -> Vec<String> {
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.unwrap_or_else(|error| {
                panic!("the onlooker cannot list {}: {error:?}", self.bucket)
            });
            keys.extend(
                page.contents()
                    .iter()
                    .filter_map(|object| object.key().map(str::to_owned)),
            );
        }
        keys
    }

    /// The bytes of one object.
    pub async fn read(&self, key: &str) -> Vec<u8> {
        let object = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await;
        let object =
            object.unwrap_or_else(|error| panic!("the onlooker cannot read {key}: {error:?}"));
        object
            .body
            .collect()
            .await
            .expect("the body arrives")
            .to_vec()
    }

    /// Stores an object: somebody else's, for conflicts.
    pub async fn store(&self, key: &str, bytes: &[u8]) {
        let stored = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .body(bytes.to_vec().into())
            .send()
            .await;
        stored.unwrap_or_else(|error| panic!("the onlooker cannot store {key}: {error:?}"));
    }

    /// Every object with its bytes.
    pub async fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let mut objects = BTreeMap::new();
        for key in self.keys().await {
            let bytes = self.read(&key).await;
            objects.insert(key, bytes);
        }
        objects
    }
}
