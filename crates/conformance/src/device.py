"""A device that speaks OpenRosa with Python's `requests`, as ODK's own applications ask.

Arguments: the server's address, a token. Says what it saw; ends with 1 at the first thing that is
not as the OpenRosa documents have it.
"""

import sys
import uuid
import xml.etree.ElementTree as ElementTree

import requests

server, token = sys.argv[1:3]
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"
XFORMS = "{http://www.w3.org/2002/xforms}"
device = requests.Session()
device.headers.update({"X-OpenRosa-Version": "1.0", "Accept-Language": "en"})


def expect(holds, words):
    if not holds:
        sys.exit(f"not as expected: {words}")
    print(f"ok {words}")


def get(address):
    answer = device.get(address, timeout=20)
    expect(answer.status_code == 200, f"GET {address.split(token)[-1]} {answer.status_code}")
    expect(answer.headers["X-OpenRosa-Version"] == "1.0", "speaks OpenRosa 1.0")
    return answer


forms = ElementTree.fromstring(get(f"{server}/key/{token}/formList").content)
listed = forms.findall(f"{LIST}xform")
expect(len(listed) >= 2, f"{len(listed)} forms are listed")
filled = 0
for form in listed:
    text = {child.tag.removeprefix(LIST): child.text for child in form}
    xform = ElementTree.fromstring(get(text["downloadUrl"]).content)
    root = next(xform.iter(f"{XFORMS}instance"))[0]
    expect(root.get("id") == text["formID"], f"{text['formID']} is the form that was asked for")
    expect(root.get("version") == text["version"], f"in version {text['version']}")
    if "manifestUrl" in text:
        manifest = ElementTree.fromstring(get(text["manifestUrl"]).content)
        for file in manifest.findall(f"{MANIFEST}mediaFile"):
            get(file.find(f"{MANIFEST}downloadUrl").text)

    greeting = device.head(f"{server}/key/{token}/submission", timeout=20)
    expect(greeting.status_code == 204, "HEAD submission 204")
    most = int(greeting.headers["X-OpenRosa-Accept-Content-Length"])
    record = (
        f'<{root.tag.split("}")[-1]} id="{text["formID"]}" version="{text["version"]}" '
        'xmlns:orx="http://openrosa.org/xforms"><orx:meta>'
        f"<orx:instanceID>uuid:{uuid.uuid4()}</orx:instanceID></orx:meta></"
        f'{root.tag.split("}")[-1]}>'
    )
    expect(len(record) < most, f"{most} bytes are taken")
    for time in ("first", "second"):
        files = {"xml_submission_file": ("record.xml", record, "text/xml")}
        answer = device.post(greeting.headers["Location"], files=files, timeout=20)
        expect(answer.status_code == 201, f"a record of {text['formID']}, the {time} time: 201")
        words = ElementTree.fromstring(answer.content).find(f"{RESPONSE}message")
        expect(words is not None and words.text, f"with words: {words.text}")
    filled += 1

for wrong, status in (("no-token", 401), (token, 404)):
    answer = device.get(f"{server}/key/{wrong}/forms/nothing/xform", timeout=20)
    expect(answer.status_code == status, f"what is not there, or not theirs: {answer.status_code}")
garbled = device.post(
    f"{server}/key/{token}/submission",
    files={"xml_submission_file": ("record.xml", "<data><open>", "text/xml")},
    timeout=20,
)
expect(garbled.status_code == 201, "half a record is kept too, for somebody to look at")
nothing = device.post(f"{server}/key/{token}/submission", data=b"x", timeout=20)
expect(400 <= nothing.status_code < 500, f"what is no record is answered {nothing.status_code}")
print(f"{filled} forms were fetched, filled and sent, each twice, with requests {requests.__version__}")
