//! ARNs and names, as they are typed or stand in files: what is taken is the same when it is read again.

#![no_main]

use bucket::{BucketName, Folder};
use libfuzzer_sys::fuzz_target;
use session::{
    ExternalId, MfaCode, MfaSerial, Region, RoleArn, SessionLength, SessionName, SessionTags,
    SourceIdentity,
};

macro_rules! stays {
    ($text:expr, $($name:ident)*) => {$(
        if let Ok(taken) = $name::new($text) {
            let again = $name::new(taken.as_str()).expect("what was taken is taken again");
            assert_eq!(taken.as_str(), again.as_str());
        }
    )*};
}

fuzz_target!(|text: &str| {
    stays!(text, RoleArn Region ExternalId MfaSerial SessionName SourceIdentity BucketName Folder);
    let _ = MfaCode::new(text);
    if let Ok(length) = SessionLength::parse(text) {
        assert!((900..=43_200).contains(&length.seconds()));
    }
    if let Ok(tags) = SessionTags::parse(text) {
        assert!(tags.pairs().len() <= 50, "STS takes no more");
    }
    if let Some(folder) = Folder::as_listed(text) {
        assert!(folder.as_str().is_empty() || folder.as_str().ends_with('/'));
    }
    let _ = app::typed_folder(text);
    let _ = app::account_number(text);
    let _ = app::file_name_of(text);
    let _ = app::partition_of(text);
});
