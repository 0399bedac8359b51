"""The words of intake against sentences as people say them: what is suggested, by which words, and what never is."""

import json
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.gist import Gist, Reader, Spot, Why, merged_spots
from resources.codes import load_codes, load_hints
from resources.files import read_bytes

SPOTS = merged_spots(
    [
        Spot(("清溪大道",), Why.ROAD),
        Spot(("溪山公路",), Why.ROAD),
        Spot(("清溪大道", "溪山公路"), Why.CROSSING, 120.7493, 29.7230),
        Spot(("菜场",), Why.PLACE, 120.7469, 29.7227),
        Spot(("菜场桥",), Why.PLACE, 120.7471, 29.7229),
        Spot(("中心小学",), Why.PLACE, 120.7548, 29.7257),
        Spot(("横山村",), Why.PLACE, 120.7661, 29.7112),
        Spot(("老街社区",), Why.PLACE, 120.7512, 29.7238),
        Spot(("清溪-3",), Why.GRID, 120.7520, 29.7240),
    ]
)

# sentence, kind, place (its first words), urgent
SAID = [
    ("清溪大道12号门口井盖松了，车过哐当响", "part.01-23", "清溪大道12号", False),
    ("菜场门口污水井盖不见了，小孩差点掉下去", "part.01-02", "菜场", True),
    ("中心小学旁边路灯不亮好几天了", "part.01-37", "中心小学", False),
    ("横山村公路边有棵大树倒了，车子无法通行", "part.04-02", "横山村", True),
    ("老街社区垃圾桶满了没人收", "part.03-05", "老街社区", False),
    ("菜场桥下垃圾成堆，苍蝇很多", "event.01-02", "菜场桥", False),
    ("清溪大道和溪山公路口路面塌了一个大洞，很危险", "event.04-01", "清溪大道溪山公路", True),
    ("我们这里闻到煤气味，快来人", "event.04-03", "", True),
    ("半夜还在打桩，吵得睡不着", "event.03-01", "", False),
    ("工地灰尘很大，没有喷淋", "event.03-02", "", False),
    ("饭店油烟直接往我家窗户排", "event.01-16", "", False),
    ("有人在河边烧垃圾，烟很大", "event.01-15", "", False),
    ("自来水管爆了，水喷得很高", "event.04-02", "", False),
    ("下水道堵了污水冒到街上", "event.04-04", "", False),
    ("下大雨桥洞积水，汽车熄火了", "event.04-06", "", False),
    ("电线垂到路上，怕有人触电", "event.04-08", "", True),
    ("消防通道被车堵死", "event.21-01", "", False),
    ("楼道里有人飞线充电", "event.21-02", "", False),
    ("店里的货都摆到店外人行道上，跨门经营", "event.05-04", "", False),
    ("路边有人摆摊卖水果挡路", "event.05-01", "", False),
    ("汽车乱停堵住车库出不去", "event.05-05", "", False),
    ("共享单车乱停一地", "event.05-06", "", False),
    ("广场舞音响太吵", "event.05-08", "", False),
    ("电线杆上都是小广告", "event.02-01", "", False),
    ("店招牌松了要掉下来", "event.02-05", "", False),
    ("路面坑坑洼洼骑车摔伤了", "event.01-10", "", True),
    ("河面漂浮物很多，水发黑发臭", "event.01-05", "", False),
    ("路中间有只死狗", "event.01-17", "", False),
    ("隔壁养鸡，天不亮就叫", "event.01-18", "", False),
    ("公厕没水，很脏", "part.03-01", "", False),
    ("公交站的候车亭玻璃碎了", "part.02-04", "", False),
    ("护栏被撞歪了", "part.02-17", "", False),
    ("广场健身器材断了一根", "part.01-46", "", False),
    ("楼上漏水跟邻居吵起来了", "plat.18", "", False),
    ("老板拖欠工资三个月", "plat.19", "", False),
    ("超市卖过期食品", "plat.14", "", False),
    ("后山滑坡，石头落到路上，没有人受伤", "plat.23", "", False),
    ("清溪-3有人私自搭建", "event.01-01", "清溪-3", False),
    ("想问下居住证怎么办理", "plat.21", "", False),
    ("a manhole cover is missing by the bus stop, a child was injured", "part.01-23", "", True),
    ("the street light has been out for a week", "part.01-37", "", False),
    ("smell of gas on the stairs", "event.04-03", "", True),
    ("garbage everywhere, nobody injured", "event.01-02", "", False),
    ("你好，听得到吗", "", "", False),
]


@cache
def a_reader() -> Reader:
    return Reader(load_hints(), load_codes().kinds, SPOTS)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return a_reader()


@pytest.mark.parametrize(("said", "kind", "place", "urgent"), SAID, ids=[s[0] for s in SAID])
def test_a_sentence_is_read_as_a_person_would(reader: Reader, said: str, kind: str, place: str, urgent: bool) -> None:
    gist = reader.read(said)
    assert (gist.kinds[0].value if gist.kinds else "") == kind, gist.kinds
    assert (gist.places[0].value if gist.places else "") == place, gist.places
    assert (gist.urgent is not None) == urgent, gist.urgent


def test_every_reason_is_made_of_words_that_were_said(reader: Reader) -> None:
    for said, *_ in SAID:
        gist = reader.read(said)
        guesses = [*gist.kinds, *gist.places, *([] if gist.urgent is None else [gist.urgent])]
        for guess in guesses:
            assert guess.said
            assert all(word.casefold() in said.casefold() for word in guess.said)


def test_every_hint_is_of_a_kind_in_use_and_names_it_alone() -> None:
    kinds = {kind.code: kind for kind in load_codes().kinds}
    hints = load_hints()
    assert hints.urgent
    for hint in hints.kinds:
        assert kinds[hint.kind].enabled, hint.kind
        assert all(word.strip() == word and word for word in hint.words)
    assert len({hint.kind for hint in hints.kinds}) == len(hints.kinds)


def test_no_word_list_holds_a_name_of_a_person() -> None:
    plan = json.loads(read_bytes("demo/qingxi.json"))
    words = {part for hint in load_hints().kinds for word in hint.words for part in word.split("+")}
    names = {surname + given for surname in plan["surnames"] for given in plan["given"]}
    assert not words & names


_PLAN = json.loads(read_bytes("demo/qingxi.json"))
_NAMES = st.tuples(st.sampled_from(_PLAN["surnames"]), st.sampled_from(_PLAN["given"])).map("".join)


@given(
    st.sampled_from([s[0] for s in SAID]), _NAMES, st.sampled_from(["{n}说，{s}", "{s}，报告人{n}", "{n}家门口，{s}"])
)
@settings(max_examples=150)
def test_a_persons_name_alters_nothing(said: str, name: str, form: str) -> None:
    with_name, without = (a_reader().read(form.format(n=n, s=said)) for n in (name, "某人"))
    assert msgspec.to_builtins(with_name) == msgspec.to_builtins(without)


@given(st.text(max_size=500))
@settings(max_examples=200)
def test_any_text_is_read_without_a_fault(said: str) -> None:
    gist = a_reader().read(said)
    assert isinstance(gist, Gist)


def test_a_place_that_is_part_of_another_is_not_offered_beside_it(reader: Reader) -> None:
    assert [place.value for place in reader.read("菜场桥边路灯坏了").places] == ["菜场桥"]
    both = [place.value for place in reader.read("菜场到中心小学一路都黑").places]
    assert set(both) == {"菜场", "中心小学"}
