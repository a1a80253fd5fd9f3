//! ListObjectsV2: a page is a walk over the key index. Under a delimiter, a common prefix is stepped over by seeking to the
//! first key behind it, so that a folder with a million keys costs as much as one with one.

use super::{Refusal, Store};
use rusqlite::params;

/// Which page.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageRequest {
    pub(crate) prefix: String,
    pub(crate) delimiter: Option<String>,
    /// The continuation of the page before; it outweighs `start_after`.
    pub(crate) continuation: Option<Vec<u8>>,
    pub(crate) start_after: Option<String>,
    pub(crate) limit: usize,
}

/// One object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) modified: i64,
}

/// One page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Listed>,
    pub(crate) common_prefixes: Vec<String>,
    /// Where the next page begins, if there is more.
    pub(crate) continuation: Option<Vec<u8>>,
}

impl Page {
    fn len(&self) -> usize {
        self.objects.len() + self.common_prefixes.len()
    }
}

impl Store {
    /// Reads one page.
    pub(crate) fn list(&self, request: &PageRequest) -> Result<Page, Refusal> {
        let mut page = Page::default();
        if request.limit == 0 {
            return Ok(page);
        }
        let end = behind(request.prefix.as_bytes());
        let mut from = first_key(request);
        while let Some(next) = self.walk(request, &from, end.as_deref(), &mut page)? {
            from = next;
        }
        Ok(page)
    }

    /// Walks from `from` until the page is full, the keys are over, or a common prefix was met; then says where to go on.
    fn walk(
        &self,
        request: &PageRequest,
        from: &[u8],
        end: Option<&[u8]>,
        page: &mut Page,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let database = self.lock();
        let mut select = database.prepare_cached(
            "SELECT key, size, etag, modified FROM objects WHERE key >= ?1 AND (?2 IS NULL OR key < ?2) ORDER BY key",
        )?;
        let mut rows = select.query(params![from, end])?;
        while let Some(row) = rows.next()? {
            let key: Vec<u8> = row.get(0)?;
            if page.len() == request.limit {
                page.continuation = Some(key);
                return Ok(None);
            }
            if let Some(common) = common_prefix(&key, request) {
                let next = behind(common);
                page.common_prefixes
                    .push(String::from_utf8_lossy(common).into_owned());
                return Ok(next);
            }
            page.objects.push(Listed {
                key: String::from_utf8_lossy(&key).into_owned(),
                size: row.get::<_, i64>(1)?.unsigned_abs(),
                etag: row.get(2)?,
                modified: row.get(3)?,
            });
        }
        Ok(None)
    }
}

fn first_key(request: &PageRequest) -> Vec<u8> {
    let prefix = request.prefix.as_bytes().to_vec();
    let from = match (&request.continuation, &request.start_after) {
        (Some(continuation), _) => continuation.clone(),
        // The first key behind another is that key with a zero byte more.
        (None, Some(after)) => [after.as_bytes(), &[0]].concat(),
        (None, None) => return prefix,
    };
    from.max(prefix)
}

fn common_prefix<'a>(key: &'a [u8], request: &PageRequest) -> Option<&'a [u8]> {
    let delimiter = request.delimiter.as_ref()?.as_bytes();
    let rest = &key[request.prefix.len()..];
    let at = rest
        .windows(delimiter.len())
        .position(|window| window == delimiter)?;
    Some(&key[..request.prefix.len() + at + delimiter.len()])
}

/// The smallest text greater than everything that begins with `prefix`; `None` when there is none.
fn behind(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte != 0xff)?;
    let mut behind = prefix[..=last].to_vec();
    behind[last] += 1;
    Some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn filled(keys: impl Iterator<Item = String>) -> (Store, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.fill(keys).unwrap();
        (store, dir)
    }

    fn request(prefix: &str, delimiter: Option<&str>, limit: usize) -> PageRequest {
        PageRequest {
            prefix: prefix.into(),
            delimiter: delimiter.map(Into::into),
            limit,
            ..PageRequest::default()
        }
    }

    /// All pages, as key and prefix texts, and how many pages there were.
    fn all(store: &Store, mut request: PageRequest) -> (Vec<String>, Vec<String>, usize) {
        let (mut keys, mut prefixes, mut pages) = (Vec::new(), Vec::new(), 0);
        loop {
            let page = store.list(&request).unwrap();
            pages += 1;
            keys.extend(page.objects.into_iter().map(|object| object.key));
            prefixes.extend(page.common_prefixes);
            match page.continuation {
                Some(next) => request.continuation = Some(next),
                None => return (keys, prefixes, pages),
            }
        }
    }

    #[test]
    fn pages_hold_every_one_of_100_000_keys_once_and_in_order() {
        let (store, _dir) = filled((0..100_000).map(|n| format!("{:03}/{:05}", n % 500, n)));
        let (keys, _, pages) = all(&store, request("", None, 1000));
        assert_eq!((keys.len(), pages), (100_000, 100));
        assert!(keys.is_sorted_by(|a, b| a < b));
        let (keys, prefixes, pages) = all(&store, request("", Some("/"), 100));
        assert_eq!((keys.len(), prefixes.len(), pages), (0, 500, 5));
        let (keys, prefixes, _) = all(&store, request("123/", Some("/"), 1000));
        assert_eq!((keys.len(), prefixes.len()), (200, 0));
    }

    #[test]
    fn a_common_prefix_is_stepped_over_without_reading_its_keys() {
        let (store, _dir) = filled(
            (0..100_000)
                .map(|n| format!("big/{n:06}"))
                .chain(["z".into()]),
        );
        let begun = Instant::now();
        for _ in 0..100 {
            let page = store.list(&request("", Some("/"), 1000)).unwrap();
            assert_eq!((page.objects.len(), page.common_prefixes.len()), (1, 1));
        }
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "{:?}",
            begun.elapsed()
        );
    }

    #[test]
    #[ignore = "takes half a minute without optimisation"]
    fn a_page_of_a_million_keys_is_as_quick_as_a_page_of_few() {
        let (store, _dir) = filled((0..1_000_000).map(|n| format!("{:04}/{n:07}", n % 2000)));
        let begun = Instant::now();
        let (keys, _, pages) = all(&store, request("", None, 1000));
        let flat = begun.elapsed();
        assert_eq!((keys.len(), pages), (1_000_000, 1000));
        let begun = Instant::now();
        let (_, prefixes, _) = all(&store, request("", Some("/"), 1000));
        println!(
            "1000 flat pages: {flat:?}; two pages of 1000 folders: {:?}",
            begun.elapsed()
        );
        assert_eq!(prefixes.len(), 2000);
        assert!(begun.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn keys_and_common_prefixes_share_the_page_and_its_order() {
        let (store, _dir) = filled(
            ["a", "a/b", "a/c", "b", "c/d", "日本/x", "日本/y"]
                .map(String::from)
                .into_iter(),
        );
        let (keys, prefixes, pages) = all(&store, request("", Some("/"), 2));
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(prefixes, ["a/", "c/", "日本/"]);
        assert_eq!(pages, 3);
        let after = PageRequest {
            start_after: Some("a/b".into()),
            ..request("", None, 2)
        };
        let page = store.list(&after).unwrap();
        assert_eq!(
            page.objects
                .iter()
                .map(|object| object.key.as_str())
                .collect::<Vec<_>>(),
            ["a/c", "b"]
        );
        let full = store.list(&request("a/", None, 2)).unwrap();
        assert_eq!(
            full.continuation, None,
            "a page that holds the last key says so"
        );
        assert_eq!(store.list(&request("", None, 0)).unwrap(), Page::default());
        let (_, prefixes, _) = all(&store, request("a", Some("/"), 10));
        assert_eq!(prefixes, ["a/"]);
    }
}
