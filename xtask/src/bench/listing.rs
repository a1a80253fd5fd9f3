//! A bucket of very many keys that nobody stored: what the sink lists when it is told how many.
//!
//! At its top there are folders of one page each, `page-00/` and so on, and `many/`, which has them all.

use std::fmt::Write;

/// As many as S3 gives at once.
const PAGE: u64 = 1000;
const FOLDERS: u64 = 100;

/// The answer to ListObjectsV2 with this query; a folder that is not there is empty.
pub(crate) fn page(query: &str, keys: u64) -> String {
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(given, _)| *given == name)
            .map(|(_, value)| value.replace("%2F", "/"))
            .next()
            .unwrap_or_default()
    };
    let prefix = value("prefix");
    match prefix.as_str() {
        "" => top(keys),
        "many/" => objects(
            &prefix,
            value("continuation-token").parse().unwrap_or(0),
            keys,
        ),
        folder if is_page(folder) => objects(folder, 0, PAGE),
        _ => frame(&prefix, None, ""),
    }
}

fn top(keys: u64) -> String {
    if keys == 0 {
        return frame("", None, "");
    }
    let mut names = String::from("<CommonPrefixes><Prefix>many/</Prefix></CommonPrefixes>");
    for number in 0..FOLDERS {
        let _ = write!(
            names,
            "<CommonPrefixes><Prefix>page-{number:02}/</Prefix></CommonPrefixes>"
        );
    }
    frame("", None, &names)
}

fn is_page(folder: &str) -> bool {
    let number = folder
        .strip_prefix("page-")
        .and_then(|rest| rest.strip_suffix('/'));
    number.is_some_and(|number| number.len() == 2 && number.parse::<u64>().is_ok())
}

/// The page that begins with the key of this number.
fn objects(folder: &str, from: u64, keys: u64) -> String {
    let to = keys.min(from.saturating_add(PAGE));
    let mut lines = String::new();
    for number in from..to {
        let size = 10 + number * 619 % 9_000_000;
        let _ = write!(
            lines,
            "<Contents><Key>{folder}grain-{number:07}.bin</Key><LastModified>2026-11-{:02}T{:02}:{:02}:00.000Z</LastModified>\
             <ETag>&quot;00000000000000000000000000000000&quot;</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            number % 24 + 1,
            number % 23,
            number % 59,
        );
    }
    frame(folder, (to < keys).then_some(to), &lines)
}

fn frame(prefix: &str, next: Option<u64>, lines: &str) -> String {
    let token = next.map_or_else(String::new, |next| {
        format!("<NextContinuationToken>{next}</NextContinuationToken>")
    });
    format!(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>sink</Name><Prefix>{prefix}</Prefix>\
         <MaxKeys>{PAGE}</MaxKeys><IsTruncated>{}</IsTruncated>{token}{lines}</ListBucketResult>",
        next.is_some()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_listed_once() {
        let (mut token, mut seen) = (String::new(), 0);
        loop {
            let query = format!("list-type=2&prefix=many%2F&continuation-token={token}");
            let told = page(&query, 2500);
            for key in told.split("<Key>").skip(1) {
                assert!(
                    key.starts_with(&format!("many/grain-{seen:07}.bin<")),
                    "{key}"
                );
                seen += 1;
            }
            let Some((_, rest)) = told.split_once("<NextContinuationToken>") else {
                break;
            };
            token = rest.split('<').next().unwrap_or_default().to_owned();
        }
        assert_eq!(seen, 2500);
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty() {
        for query in [
            "prefix=",
            "list-type=2&prefix=small%2F0.bin&max-keys=1",
            "prefix=page-x%2F",
        ] {
            let told = page(query, 0);
            assert!(!told.contains("<Contents>") && !told.contains("<CommonPrefixes>"));
        }
        assert!(page("prefix=page-07%2F", 1).contains("<Key>page-07/grain-0000999.bin</Key>"));
    }
}
