import pytest

from embeddings.documents.titles import date_from_path, title_from_path


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("Super_Bowl_50.txt", "Super Bowl 50"),
        ("news/2024/rain-water-system.md", "Rain water system"),
        ("COVID-19 in Kazan.txt", "COVID-19 in Kazan"),
        ("наводнение.txt", "Наводнение"),
        ("2024-05-17-rain-in-tanks.md", "Rain in tanks"),
        ("20240517_rain.txt", "Rain"),
        ("Rain in tanks (2024-05-17).txt", "Rain in tanks"),
        ("2024-05-17.md", "2024-05-17"),
        ("Rain in tanks 0123456789abcdef0123456789abcdef.md", "Rain in tanks"),
        ("v1.2 notes.txt", "V1.2 notes"),
    ],
)
def test_a_title_is_made_from_the_file_name(path: str, title: str) -> None:
    assert title_from_path(path) == title


@pytest.mark.parametrize("path", ["_.txt", "-.md"])
def test_a_file_name_without_letters_gives_a_title_too(path: str) -> None:
    assert title_from_path(path)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2024-05-17-rain-in-tanks.md", "2024-05-17"),
        ("blog/20240517_rain.txt", "2024-05-17"),
        ("20240517T093000 rain.txt", "2024-05-17"),
        ("rain.2024.05.17.txt", "2024-05-17"),
        ("Rain (2024-05-17).txt", "2024-05-17"),
        ("2024/05/17/rain.md", "2024-05-17"),
        ("2024-13-17-rain.md", None),
        ("order 20240517 of 9 tanks.txt", None),
        ("120240517.txt", None),
        ("Super_Bowl_2024.txt", None),
    ],
)
def test_a_date_is_read_from_a_file_name(path: str, day: str | None) -> None:
    assert date_from_path(path) == day
