//! Records read by their forms: answers bound to the dictionary, and what is odd about them.

use domain::Moment;
use domain::forms::Flag;
use domain::rules::{Filled, Sheet as _};
use jiff::tz::{Offset, TimeZone};

const VISIT: &str = "
| survey |
| | type | name | label | required | relevant | constraint | element |
| | start | start | | | | | |
| | text | who | Who? | yes | | | |
| | integer | age | How old? | | | . >= 0 and . <= 120 | age |
| | select_one yes_no | ill | Ill? | yes | | | ill |
| | select_multiple signs | signs | What? | yes | ${ill} = 'yes' | | signs |
| | date | since | Since when? | | ${ill} = 'yes' | . <= today() | |
| | image | door | The door | | | | |
| choices |
| | list_name | name | label |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| | signs | warm | Warm |
| | signs | dizzy | Dizzy |
| settings |
| | form_title | form_id | version |
| | A visit | local.visit | 3 |
";

fn read(record: &str) -> Filled {
    let form = packfile::sheet("visit", VISIT.as_bytes()).unwrap();
    assert_eq!((form.form_id(), form.version()), ("local.visit", "3"));
    let at = "2026-03-02T00:00:00Z".parse().unwrap();
    form.read(record, &Moment { at, zone: TimeZone::fixed(Offset::constant(8)) })
}

fn record(answers: &str) -> String {
    format!(
        "<data id=\"local.visit\" version=\"3\" xmlns:orx=\"http://openrosa.org/xforms\">{answers}\
         <orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>"
    )
}

fn at(path: &str, flag: fn(String) -> Flag) -> Flag {
    flag(path.to_owned())
}

#[test]
fn a_sound_record_gives_its_bound_answers_and_counts_its_files() {
    let filled = read(&record(
        "<start>2026-03-02T07:00:00.000+08:00</start><who>王芳</who><age>71</age><ill>yes</ill>\
         <signs>warm dizzy</signs><since>2026-03-01</since><door>1583100000000.jpg</door>",
    ));
    assert_eq!(filled.flags, []);
    assert_eq!(filled.files, 1);
    let answers: Vec<(&str, &str)> =
        filled.answers.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    assert_eq!(answers, [("age", "71"), ("ill", "yes"), ("signs", "warm dizzy")]);
}

#[test]
fn what_is_missing_does_not_fit_or_was_not_asked_is_flagged_at_its_question() {
    let filled = read(&record("<who/><age>171</age><ill>perhaps</ill><since>soon</since>"));
    assert_eq!(
        filled.flags,
        [
            at("/data/age", |path| Flag::BadAnswerAt { path }),
            at("/data/ill", |path| Flag::BadAnswerAt { path }),
            at("/data/who", |path| Flag::AnswerMissingAt { path }),
            at("/data/since", |path| Flag::NotAskedAt { path }),
        ]
    );
    let filled = read(&record("<who>W</who><ill>yes</ill><signs/><since>2026-03-03</since>"));
    assert_eq!(
        filled.flags,
        [
            at("/data/since", |path| Flag::BadAnswerAt { path }),
            at("/data/signs", |path| Flag::AnswerMissingAt { path }),
        ]
    );
    // A question that is not asked may be left out.
    assert_eq!(read(&record("<who>W</who><ill>no</ill><signs/>")).flags, []);
}

#[test]
fn what_is_no_record_of_the_form_is_unreadable() {
    let deep = format!("{}{}", "<data>".repeat(300), "</data>".repeat(300));
    let laughs = "<!DOCTYPE d [<!ENTITY a \"ha\">]><data><who>&a;</who></data>";
    for bad in ["", "garbage", "<data><who></data>", "<other/>", laughs, &deep] {
        assert_eq!(read(bad).flags, [Flag::RecordUnreadable], "{bad:.40}");
    }
}

const WELLS: &str = "
| survey |
| | type | name | label | save_to |
| | begin_repeat | well | A well | |
| | text | called | Its name | |
| | decimal | depth | How deep? | depth_m |
| | end_repeat | | | |
| entities |
| | list_name | label | create_if | update_if | entity_id |
| | wells | ${called} | | | |
";

#[test]
fn a_record_says_what_it_does_to_entities_once_for_each_repeat() {
    let form = packfile::sheet("local.wells", WELLS.as_bytes()).unwrap();
    assert!(form.changes("wells"));
    let well = |id: &str, depth: &str| {
        format!(
            "<well><called>W {id}</called><depth>{depth}</depth><meta><entity dataset=\"wells\" \
             id=\"{id}\" create=\"1\" branchId=\"b\"><label>W {id}</label></entity></meta></well>"
        )
    };
    let record = format!(
        "<data id=\"local.wells\">{}{}<meta><instanceID>uuid:1</instanceID></meta></data>",
        well("w1", "5.5"),
        well("w2", "7")
    );
    let at = "2026-03-02T00:00:00Z".parse().unwrap();
    let filled = form.read(&record, &Moment { at, zone: TimeZone::UTC });
    assert_eq!(filled.flags, []);
    let deeds: Vec<String> = filled
        .deeds
        .iter()
        .map(|deed| {
            let properties = deed.properties.iter().map(|(name, value)| format!("{name}={value}"));
            let properties: Vec<String> = properties.collect();
            format!("{} {} {} {:?}", deed.list, deed.entity, deed.creates, properties)
        })
        .collect();
    assert_eq!(
        deeds,
        [
            "wells w1 true [\"label=W w1\", \"depth_m=5.5\"]",
            "wells w2 true [\"label=W w2\", \"depth_m=7\"]"
        ]
    );
}

/// Records that were torn, swapped and scribbled on are read soon, and never lead to more than
/// their form asks.
#[test]
fn a_record_that_was_scribbled_on_is_read_soon() {
    let form = packfile::sheet("visit", VISIT.as_bytes()).unwrap();
    let at = "2026-03-02T00:00:00Z".parse().unwrap();
    let moment = Moment { at, zone: TimeZone::UTC };
    let whole =
        record("<who>W</who><age>71</age><ill>yes</ill><signs>warm</signs><door>1.jpg</door>");
    let scraps = [
        "<",
        "</",
        "&",
        "&#x0;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "\"",
        "<who>",
        "</data>",
        "é",
        "\u{0}",
    ];
    let began = std::time::Instant::now();
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = |most: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice % most.max(1) as u64).unwrap_or(0)
    };
    for _ in 0..2000 {
        let mut text: Vec<char> = whole.chars().collect();
        for _ in 0..=roll(4) {
            let at = roll(text.len());
            match roll(3) {
                0 => drop(text.remove(at)),
                1 => drop(text.splice(at..at, scraps[roll(scraps.len())].chars())),
                _ => text.rotate_left(at),
            }
        }
        let text: String = text.into_iter().collect();
        let filled = form.read(&text, &moment);
        assert!(filled.flags.len() <= 100 && filled.answers.len() <= 1000, "{text}");
        assert!(form.answers(&text).len() <= 6000, "{text}");
    }
    // A repeat of many with a rule over all of them is cut short.
    let many = "
| survey |
| | type | name | label | constraint |
| | begin_repeat | child | A child | |
| | integer | age | How old? | . <= sum(/data/child/age) |
| | end_repeat | | | |
";
    let form = packfile::sheet("many", many.as_bytes()).unwrap();
    let children = "<child><age>1</age></child>".repeat(30_000);
    let filled = form.read(&format!("<data id=\"many\">{children}</data>"), &moment);
    assert!(filled.flags.len() <= 100);
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
}
