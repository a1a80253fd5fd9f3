//! What is dropped arrives byte for byte, whatever it is called and however large it is.

use testkit::destination::Destination;
use testkit::files::{assert_same, awkward_folder, expected};

use crate::person::{BIG, Person, put};
use crate::server::{Server, Which};

on_both_servers! {
    a_folder_with_awkward_names_arrives_and_is_listed
    a_file_of_several_parts_arrives
    what_is_put_goes_to_the_destinations_folder_or_to_the_one_named
}

/// Eleven characters and a sign: 64 bits in base64.
fn is_checksum(text: &str) -> bool {
    text.len() == 12 && text.ends_with('=')
}

fn a_folder_with_awkward_names_arrives_and_is_listed(which: Which) {
    let server = Server::start(which);
    let person = Person::connected_to(&server.destination());
    let dropped = awkward_folder(person.folder());
    let on_disk = expected(&[&dropped], "");
    let sent = person.sandglass.run(&put(&[], &[&dropped])).expect_code(0);
    assert_same(&server.objects(), &on_disk);
    assert_eq!(sent.objects.len(), on_disk.len());
    for (key, bytes) in &on_disk {
        let row = sent.row(key);
        assert_eq!(row["state"], "stored", "{row}");
        assert_eq!(row["size_bytes"], bytes.len(), "{row}");
        assert!(row["crc64nvme"].as_str().is_some_and(is_checksum), "{row}");
        assert!(row["etag"].as_str().is_some_and(|etag| !etag.is_empty()));
    }
    let listed = person.sandglass.run(&["ls", "--recursive"]).expect_code(0);
    assert_eq!(listed.objects.len(), on_disk.len());
    for (key, bytes) in &on_disk {
        assert_eq!(listed.row(key)["size_bytes"], bytes.len());
    }
    let top = person.sandglass.run(&["ls"]).expect_code(0);
    assert_eq!(top.objects.len(), 1);
    assert_eq!(top.row("field trip 砂/")["is_folder"], true);
}

fn a_file_of_several_parts_arrives(which: Which) {
    let server = Server::start(which);
    let (line, destination) = server.behind_a_line();
    let person = Person::connected_to(&destination);
    let dropped = person.big_file("dunes.raw");
    let sent = person.sandglass.run(&put(&[], &[&dropped])).expect_code(0);
    let row = sent.row("dunes.raw");
    assert_eq!(row["state"], "stored");
    assert_eq!(row["size_bytes"], BIG);
    assert!(row["crc64nvme"].as_str().is_some_and(is_checksum), "{row}");
    assert_same(&server.objects(), &expected(&[&dropped], ""));
    let mut numbers: Vec<u32> = line.parts().iter().map(|part| part.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let status = person.sandglass.run(&["status"]).expect_code(0);
    assert_eq!(status.objects[0]["waiting_rows"], 0);
}

fn what_is_put_goes_to_the_destinations_folder_or_to_the_one_named(which: Which) {
    let server = Server::start(which);
    let destination = Destination {
        prefix: "incoming".to_owned(),
        ..server.destination()
    };
    let person = Person::connected_to(&destination);
    let file = person.small_file("grain.txt", b"sand");
    person.sandglass.run(&put(&[], &[&file])).expect_code(0);
    let named = put(&["--to", "録音/day 1"], &[&file]);
    person.sandglass.run(&named).expect_code(0);
    let mut both = expected(&[&file], "incoming/");
    both.extend(expected(&[&file], "録音/day 1/"));
    assert_same(&server.objects(), &both);
    let listed = person.sandglass.run(&["ls"]).expect_code(0);
    assert_eq!(listed.row("incoming/grain.txt")["size_bytes"], 4);
}
