import json

from viewer.engine import build


def test_the_lock_file_names_no_host_and_pins_every_package():
    locked = json.loads((build.ENGINE / "package-lock.json").read_text())
    for name, entry in locked["packages"].items():
        assert "resolved" not in entry, name
        assert name == "" or "integrity" in entry, name


def test_versions_are_exact():
    about = json.loads((build.ENGINE / "package.json").read_text())
    for versions in (about["dependencies"], about["devDependencies"]):
        assert all(version[0].isdigit() for version in versions.values()), versions


def test_the_fingerprint_covers_every_source(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "ENGINE", tmp_path)
    (tmp_path / "src").mkdir()
    for name in ("package.json", "package-lock.json", "tsconfig.json", ".npmrc", "src/a.ts", "src/b.ts"):
        (tmp_path / name).write_text("1")
    seen = {build.fingerprint()}
    for name in ("package-lock.json", ".npmrc", "src/a.ts", "src/b.ts"):
        (tmp_path / name).write_text("2")
        assert build.fingerprint() not in seen
        seen.add(build.fingerprint())
    (tmp_path / "src/c.ts").write_text("")
    assert build.fingerprint() not in seen


def test_a_current_bundle_is_not_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "BUNDLE", tmp_path / "engine.js")
    monkeypatch.setattr(build, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(build, "_npm", lambda *arguments: (_ for _ in ()).throw(AssertionError(arguments)))
    (tmp_path / "engine.js").write_text("//")
    (tmp_path / "stamp").write_text(build.fingerprint())
    said = []
    assert build.bundle(log=said.append) == tmp_path / "engine.js"
    assert said == ["engine: bundle is current"]


def test_every_bundled_package_has_its_licence_beside_the_bundle():
    build.bundle(log=lambda _: None)
    text = build.LICENCES.read_text(encoding="utf-8")
    names = {folder.name for folder in build.packages()}
    assert {"three", "3d-tiles-renderer", "n8ao"} <= names
    for folder in build.packages():
        version = json.loads((folder / "package.json").read_text())["version"]
        assert f"{folder.name} {version} (" in text
        assert (folder / "LICENSE").read_text(encoding="utf-8").strip() in text


def test_the_bundle_names_no_other_host_to_load_from():
    code = build.bundle(log=lambda _: None).read_text(encoding="utf-8")
    # Addresses in messages and name spaces are none that are fetched; these are hosts that libraries fetch from.
    for host in ("unpkg.com", "jsdelivr", "googleapis.com", "gstatic.com", "esm.sh", "cesium.com/"):
        assert host not in code, host
    assert "eval(" not in code
    assert "new Function(" not in code
