import pytest

from textransfer import SentimentClassifier, SkipGram, WordVectors, update_vectors
from textransfer.errors import TextransferWarning, UnknownWordError
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.spelling import choose_spellings, spelled_in
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.fit_check import check_fit
from textransfer.transfer.inspection import inspect

GOOD, BAD = "部屋がとてもきれいだった", "部屋がとても汚かった"
TEXTS, LABELS = [GOOD, "とてもきれいなへや", BAD, "汚い部屋"] * 4, ["fine", "fine", "bad", "bad"] * 4


@pytest.fixture(scope="module")
def vectors():
    pytest.importorskip("sudachipy")
    return SkipGram(vector_size=6, epochs=3, min_count=1).fit(TEXTS).vectors_


def test_words_have_the_form_of_a_dictionary_and_are_shown_as_people_write_them(vectors):
    assert {"迚も", "奇麗"} < set(vectors.words)
    assert vectors.spellings["迚も"] == "とても"
    shown = [word for word, _ in vectors.most_similar("部屋", n=20)]
    assert {"とても", "きれい", "汚い"} < set(shown)
    assert not {"迚も", "奇麗"} & set(shown)


@pytest.mark.parametrize("typed", ["とても", "迚も", "トテモ"])
def test_words_are_looked_up_as_people_type_them(vectors, typed):
    assert vectors.rows_of([typed]).tolist() == [vectors.index["迚も"]]
    assert "とても" in vectors
    assert "とても" not in [word for word, _ in vectors.most_similar(typed, n=20)]
    assert vectors.similarity(typed, "とても") == pytest.approx(1)


def test_every_word_that_is_shown_is_found(vectors):
    for word in vectors.words:
        assert vectors.rows_of([vectors.spelling(word)]).tolist() == [vectors.index[word]]


def test_what_is_several_words_is_their_mean_and_said(vectors):
    with pytest.warns(
        TextransferWarning, match=r"'汚かった' is not one word to the tokenizer, but 汚い \+ た"
    ):
        neighbours = vectors.most_similar("汚かった", n=20)
    assert not {"汚い", "た"} & {word for word, _ in neighbours}
    with pytest.warns(TextransferWarning, match="and of unknown words 猫"):
        vectors.most_similar("汚い猫")
    with pytest.raises(UnknownWordError, match="give them apart"):
        vectors.rows_of(["汚かった"])
    with pytest.raises(UnknownWordError, match="unknown word '猫'"):
        vectors.most_similar("猫")


def test_spellings_are_saved_and_stay_in_an_update(vectors, tmp_path):
    loaded = WordVectors.load(vectors.save(tmp_path / "e"))
    assert loaded.spellings == vectors.spellings
    newer = update_vectors(loaded, ["とても面白い犬", "面白い犬と部屋"], min_count=1)
    assert newer.spellings["迚も"] == "とても"
    assert newer.spelling("面白い") == "面白い"


def test_reports_and_checks_show_them(vectors, tmp_path):
    classifier = SentimentClassifier(vectors, epochs=20).fit(TEXTS, LABELS)
    labelled = LabelledTexts(TEXTS, LABELS, "few.csv")
    loaded = SentimentClassifier.load(classifier.save(tmp_path / "c"))
    for model in (classifier, loaded, SentimentClassifier(epochs=5).fit(TEXTS, LABELS)):
        found = inspect(model, labelled, model.predict_proba(TEXTS), "texts")
        shown = [entry.word for words in found.words.values() for entry in words]
        shown += [place.word for place in found.places]
        assert "きれい" in shown
        assert not {"迚も", "奇麗"} & set(shown)
    few = WordVectors(["部屋", "が"], vectors.matrix[:2], tokenizer_spec=vectors.tokenizer_spec)
    unknown = {entry.word for entry in check_fit(few, labelled).unknown}
    assert "きれい" in unknown
    assert "奇麗" not in unknown


def test_no_two_words_are_written_alike():
    counts = {
        ("書く", "かく", "かく"): 3,
        ("描く", "かく", "かく"): 2,
        ("描く", "描く", "描く"): 1,
        ("本", "もと", "もと"): 5,
        ("元", "もと", "もと"): 9,
    }
    assert choose_spellings(counts, ["書く", "描く", "本", "元"]) == {
        "書く": "かく",
        "描く": "かく（描く）",
        "本": "もと",
        "元": "もと（2）",
    }
    assert choose_spellings({("a", "b", "b"): 1}, ["a", "b"]) == {"a": "b（2）"}


def test_the_spelling_that_most_people_choose_is_shown_though_it_is_inflected_elsewhere():
    counts = {
        ("易い", "やすい", "やすかっ"): 40,
        ("易い", "やすい", "やすい"): 2,
        ("易い", "易い", "易い"): 9,
        ("信じる", "信ずる", "信じ"): 5,
        ("ず", "ぬ", "ん"): 7,
        ("ず", "ず", "ざる"): 2,
        ("居る", "居る", "居"): 9,
        ("居る", "いる", "いる"): 1,
    }
    shown = choose_spellings(counts, ["易い", "信じる", "ず", "居る"])
    assert shown == {"易い": "やすい", "信じる": "信じ", "ず": "ん", "居る": "いる"}


def test_a_form_that_hardly_stands_for_itself_yields():
    counts = {("ず", "ぬ", "ん"): 901, ("ず", "ぬ", "ぬ"): 4, ("ず", "ず", "ず"): 180}
    assert choose_spellings(counts, ["ず"]) == {}
    counts = {("思う", "思う", "思い"): 1224, ("思う", "思う", "思う"): 52, ("思う", "思える", "思える"): 28}
    assert choose_spellings(counts, ["思う"]) == {}


def test_what_is_shown_was_written_by_somebody(vectors):
    texts = ["分かりません", "信じない", "思わぬ通じない事がない", "良くない。無い", "見せずに"] * 3
    vectors = SkipGram(vector_size=4, epochs=1, min_count=1).fit(texts).vectors_
    shown = [vectors.spelling(word) for word in vectors.words]
    assert len(set(shown)) == len(shown)
    for name in shown:
        for part in name.rstrip("）2").split("（"):
            assert part in "".join(texts), (name, part)


def test_words_as_they_stand_keep_their_form():
    pytest.importorskip("sudachipy")
    from textransfer.text.tokenizers.japanese import JapaneseTokenizer

    tokenizer = JapaneseTokenizer(form="surface")
    assert choose_spellings(spelled_in(tokenizer, ["思った"]), ["思っ"]) == {}


@pytest.mark.parametrize("word", ["ห้องน้ำ", "ນ້ຳ"])
def test_letters_that_unicode_takes_apart_are_shown_whole(word):
    texts = [f"{word} a b", f"b a {word} c"] * 2
    vectors = SkipGram(vector_size=4, epochs=1, min_count=1, tokenizer="words").fit(texts).vectors_
    assert word in {near for near, _ in vectors.most_similar("a", n=5)}
    assert vectors.rows_of([word]).tolist() == vectors.rows_of(WordsTokenizer().tokenize(word)).tolist()
    labelled = LabelledTexts(texts, ["x", "y"] * 2, "few.csv")
    model = SentimentClassifier(epochs=2, tokenizer=WordsTokenizer()).fit(texts, ["x", "y"] * 2)
    words = inspect(model, labelled, model.predict_proba(texts), "texts").words
    assert word in {entry.word for listed in words.values() for entry in listed}
    few = WordVectors(["a", "b"], vectors.matrix[:2], tokenizer_spec=vectors.tokenizer_spec)
    assert word in {entry.word for entry in check_fit(few, labelled).unknown}


def test_other_tokenizers_leave_words_as_they_are():
    assert not spelled_in(WordsTokenizer(), ["A b"])
    assert SkipGram(vector_size=4, epochs=1, min_count=1).fit(["A b a", "b a"]).vectors_.spellings == {}


def test_a_word_is_looked_up_in_the_form_of_the_tokenizer():
    vectors = SkipGram(vector_size=4, epochs=1, min_count=1).fit(["a fine film", "a fine day"]).vectors_
    assert vectors.rows_of(["FILM", "ﬁne"]).tolist() == vectors.rows_of(["film", "fine"]).tolist()
