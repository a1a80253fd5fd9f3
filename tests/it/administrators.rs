//! Who has rights in the account is found where the AWS command line finds them: an SSO session, `aws login`, a program that gives
//! credentials. Sandglass asks for none of their keys, and none is found on its disk.

use std::path::Path;

use serde_json::json;
use testkit::answers::Answers;
use testkit::moto::Moto;
use testkit::place::fresh_folder;
use testkit::sandglass::Output;
use testkit::traces::{found_below, shapes};
use tokio::runtime::Runtime;

use crate::person::Person;

const START: &str = "https://reef.awsapps.com/start";
/// SHA-1 of [`START`]: so the SDKs name the file of a token.
const START_FILE: &str = "6f6fcbf5cd662924ecce66bf83ba305bef1941d0.json";
const LOGIN: &str = "arn:aws:iam::123456789012:user/mira";
/// SHA-256 of [`LOGIN`].
const LOGIN_FILE: &str = "62554fe814410e5412717f4101ca18164db08233c3b221ebcf39c84ded868190.json";
const SECRET: &str = "Administrators/Secret+00000000000000001";

/// A person whose home has this `~/.aws/config`, on an empty account.
struct SignedIn {
    moto: Moto,
    person: Person,
    home: tempfile::TempDir,
    _runtime: Runtime,
}

impl SignedIn {
    fn with(config: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let moto = runtime.block_on(Moto::empty());
        let (home, mut person) = (fresh_folder(), Person::new());
        write(home.path(), ".aws/config", config);
        let home_path = home.path().display().to_string();
        for (name, value) in [
            ("HOME", home_path.as_str()),
            ("AWS_ENDPOINT_URL", moto.endpoint()),
            ("AWS_PROFILE", "admin"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "1"),
        ] {
            person.sandglass.set_env(name, value);
        }
        Self {
            moto,
            person,
            home,
            _runtime: runtime,
        }
    }

    fn plan(&self) -> Output {
        let bucket = ["--bucket", "s3-fs-example-bucket"];
        let region = ["--region", "ap-northeast-1"];
        let words = [&["account", "plan"][..], &bucket, &region].concat();
        self.person.sandglass.run(&words)
    }

    #[track_caller]
    fn assert_planned(&self) {
        let planned = self.plan().expect_code(0);
        let items = planned.objects.iter();
        let items = items.filter(|object| object["kind"] == "item");
        assert_eq!(items.count(), 10);
        assert!(planned.stderr.contains("as arn:aws:"), "{}", planned.stderr);
        let secrets = shapes(SECRET);
        let kept = found_below(self.person.sandglass.home(), &secrets);
        assert_eq!(kept, None, "in Sandglass's own folder");
    }
}

fn write(home: &Path, name: &str, text: &str) {
    let path = home.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

fn sso_config() -> String {
    format!(
        "[profile admin]\nsso_start_url = {START}\nsso_region = ap-northeast-1\nsso_account_id = 123456789012\nsso_role_name = AdministratorAccess\nregion = ap-northeast-1\n"
    )
}

fn sso_token(expires: &str) -> String {
    json!({"accessToken": "token-of-mira", "expiresAt": expires, "region": "ap-northeast-1", "startUrl": START}).to_string()
}

/// IAM Identity Center's portal: one role's credentials for who has the token ("GetRoleCredentials", its API reference).
fn portal() -> Answers {
    let credentials = json!({"roleCredentials": {
        "accessKeyId": "ASIAOFTHEADMIN000001", "secretAccessKey": SECRET, "sessionToken": "session",
        "expiration": 4_102_444_800_000_u64,
    }});
    let head = "200 OK\r\nContent-Type: application/json\r\n";
    Answers::with(head, &credentials.to_string())
}

#[test]
fn an_sso_session_is_found_by_its_profile() {
    let mut signed_in = SignedIn::with(&sso_config());
    let portal = portal();
    let sandglass = &mut signed_in.person.sandglass;
    sandglass.set_env("AWS_ENDPOINT_URL_SSO", &portal.url);
    let token = format!(".aws/sso/cache/{START_FILE}");
    let home = signed_in.home.path();
    write(home, &token, &sso_token("2100-01-01T00:00:00Z"));
    signed_in.assert_planned();
    let request = portal.asked().expect("the portal was asked");
    assert!(
        request.contains("role_name=AdministratorAccess"),
        "{request}"
    );
    assert!(request.contains("token-of-mira"), "{request}");
}

#[test]
fn an_sso_session_that_has_ended_is_said_with_what_to_do() {
    let signed_in = SignedIn::with(&sso_config());
    let token = format!(".aws/sso/cache/{START_FILE}");
    let home = signed_in.home.path();
    write(home, &token, &sso_token("2020-01-01T00:00:00Z"));
    let refused = signed_in.plan().expect_code(3);
    assert_eq!(refused.failure_code(), Some("noAdministrator"));
}

#[test]
fn whoever_signed_in_by_aws_login_is_found() {
    let config = format!("[profile admin]\nlogin_session = {LOGIN}\nregion = ap-northeast-1\n");
    let signed_in = SignedIn::with(&config);
    let token = json!({
        "accessToken": {
            "accessKeyId": "ASIAOFTHEADMIN000002", "secretAccessKey": SECRET, "sessionToken": "session",
            "accountId": "123456789012", "expiresAt": "2100-01-01T00:00:00Z",
        },
        "tokenType": "aws_sigv4", "refreshToken": "refresh", "clientId": "client", "dpopKey": "not asked for",
    });
    let file = format!(".aws/login/cache/{LOGIN_FILE}");
    write(signed_in.home.path(), &file, &token.to_string());
    signed_in.assert_planned();
}

#[test]
fn a_program_that_gives_credentials_is_asked() {
    let credentials = json!({
        "Version": 1, "AccessKeyId": "ASIAOFTHEADMIN000003", "SecretAccessKey": SECRET,
        "SessionToken": "session", "Expiration": "2100-01-01T00:00:00Z",
    });
    let signed_in = SignedIn::with("");
    let file = signed_in.home.path().join("credentials.json");
    std::fs::write(&file, credentials.to_string()).expect("written");
    let config = format!(
        "[profile admin]\ncredential_process = cat {}\n",
        file.display()
    );
    write(signed_in.home.path(), ".aws/config", &config);
    signed_in.assert_planned();
}

#[test]
fn a_profile_with_a_role_gets_another_sessions_name_each_time() {
    let config = "[profile keys]\nregion = ap-northeast-1\n[profile admin]\nrole_arn = arn:aws:iam::123456789012:role/Administrators\nsource_profile = keys\nregion = ap-northeast-1\n";
    let signed_in = SignedIn::with(config);
    let keys = format!(
        "[keys]\naws_access_key_id = AKIAANYKEYISGOOD0001\naws_secret_access_key = {SECRET}\n"
    );
    write(signed_in.home.path(), ".aws/credentials", &keys);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}"#;
    signed_in.moto.aws(&format!(
        "iam create-role --role-name Administrators --assume-role-policy-document {trust}"
    ));
    signed_in.assert_planned();
    let as_whom = || {
        let said = signed_in.plan().expect_code(0).stderr;
        let mut arns = said
            .split_whitespace()
            .filter(|word| word.contains("assumed-role/"));
        arns.next_back().map(str::to_owned).expect("who it is")
    };
    let (first, second) = (as_whom(), as_whom());
    assert!(first.contains("assumed-role/Administrators/"), "{first}");
    // So a yes cannot be held to the whole name.
    assert_ne!(first, second, "each session has a name of its own");
}
