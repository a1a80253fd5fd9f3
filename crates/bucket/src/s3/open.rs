//! No attempt after the session's end, the SDK's own second one included.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::{Access, Error};

/// Looks at the session before each attempt.
#[derive(Debug)]
pub(super) struct OnlyWhileOpen(pub(super) Access);

impl Intercept for OnlyWhileOpen {
    fn name(&self) -> &'static str {
        "OnlyWhileOpen"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.0.time_left().is_zero() {
            return Err(Error::SessionEnded { by_server: false }.into());
        }
        Ok(())
    }
}
