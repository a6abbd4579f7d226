"""What every error keeps to."""

from __future__ import annotations

import pickle
import string

import pytest

from twin import errors
from twin.errors import TwinError
from twin.language import Text, use_language

ERRORS = [error for error in vars(errors).values() if isinstance(error, type) and issubclass(error, TwinError)]
SPEAKING = [error for error in ERRORS if "sentence" in vars(error)]


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_it_is_explained_and_drawn_in_the_tree(error: type[TwinError]) -> None:
    assert error.__doc__
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", SPEAKING, ids=lambda error: error.__name__)
def test_both_sentences_say_the_same_things(error: type[TwinError]) -> None:
    assert error.sentence.de.strip()
    assert error.sentence.en.strip()
    assert _fields(error.sentence.de) == _fields(error.sentence.en)


@pytest.mark.parametrize("error", SPEAKING, ids=lambda error: error.__name__)
@pytest.mark.parametrize("language", ["de", "en"])
def test_it_speaks_and_crosses_process_borders(error: type[TwinError], language: str) -> None:
    use_language(language)
    fields = {name: f"«{name}»" for name in _fields(error.sentence.de)}
    raised = pickle.loads(pickle.dumps(error(**fields)))
    use_language(language)
    assert type(raised) is error
    for value in fields.values():
        assert value in str(raised)
    use_language(None)


def test_leaves_have_words_of_their_own() -> None:
    leaves = [error for error in ERRORS if not any(issubclass(other, error) and other is not error for other in ERRORS)]
    assert set(leaves) <= set(SPEAKING)


@pytest.mark.parametrize(("language", "kind"), [("de", "(Zuordnung)"), ("en", "(mapping)")])
def test_what_is_unknown_is_called_in_the_readers_language(
    language: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_LANG", language)
    error = errors.UnknownName(kind="mapping", name="a", known="b")
    assert kind in str(error)
    assert kind in str(pickle.loads(pickle.dumps(error)))
    assert kind in getattr(error.sentence.filled(**error.fields), language)


def test_a_kind_that_nobody_foresaw_or_is_a_text_is_said_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_LANG", "de")
    assert "(views)" in str(errors.UnknownName(kind="views", name="a", known="b"))
    assert "(Produkt)" in str(errors.UnknownName(kind=Text("Produkt", "product"), name="a", known="b"))
