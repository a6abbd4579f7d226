"""Files that readers write for their views: made once, gone when nothing needs them."""

from twin.scratch import Scratch, written_of


def test_a_file_is_written_once_and_goes_when_nothing_needs_it(tmp_path):
    scratch, written = Scratch(tmp_path), []

    def write(file):
        written.append(file)
        file.write_bytes(b"rows")

    first = scratch.file("a", "97001001", "building", write)
    assert scratch.file("a", "97001001", "building", write) == first
    second = scratch.file("b", "97001001", "building", write)
    assert written == [first, second]
    scratch.keep(["b"])
    assert written_of(tmp_path, "97001001", "building") == [second]
    second.unlink()
    assert scratch.file("b", "97001001", "building", write).read_bytes() == b"rows"
    scratch.close()
    assert not list(tmp_path.rglob("*"))
