"""What a text can be traced by, and what must never be passed on."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.text.checksums import citizen_number_holds, citizen_numbers, credit_code_holds, luhn_holds
from risk_screen.text.identifiers import KINDS, identifiers

FOUND = [
    ("电话:13812345678", "phone", "13812345678"),
    ("138 1234 5678", "phone", "13812345678"),
    ("138-1234-5678", "phone", "13812345678"),
    ("1381-234-5678", "phone", "13812345678"),
    ("1 3 8 1 2 3 4 5 6 7 8", "phone", "13812345678"),
    ("138****5678", "phone", "138****5678"),
    ("138xxxx5678", "phone", "138xxxx5678"),
    ("+86 13912345678", "phone", "13912345678"),
    ("8613912345678", "phone", "13912345678"),
    ("0533-2345678", "phone", "05332345678"),
    ("(0533)2345678", "phone", "05332345678"),
    ("010 87654321", "phone", "01087654321"),
    ("400-123-4567", "phone", "4001234567"),
    ("4001-234-567", "phone", "4001234567"),
    ("客服热线95588", "phone", "95588"),
    ("详情拨打96111", "phone", "96111"),
    ("微信:13812345678", "phone", "13812345678"),
    ("加微信:zhang_88888", "wechat", "zhang_88888"),
    ("加v:abc12345", "wechat", "abc12345"),
    ("伽薇 lxm6688", "wechat", "lxm6688"),
    ("vx号:li_ming66", "wechat", "li_ming66"),
    ("微信号是wxid_abc123def", "wechat", "wxid_abc123def"),
    ("wx: zl***88aa", "wechat", "zl***88aa"),
    ("qq:88886666", "qq", "88886666"),
    ("qq群:123456789", "qq", "123456789"),
    ("企鹅号 88886666", "qq", "88886666"),
    ("【加q:56793.***6】", "qq", "56793***6"),
    ("发邮件到56793123@qq.com", "qq", "56793123"),
    ("https://t.cn/a6abcdef 点开", "url", "https://t.cn/a6abcdef"),
    ("www.abc-123.com.cn/x?y=1&z=2", "url", "www.abc-123.com.cn/x?y=1&z=2"),
    ("http://1.2.3.4:8080/app.apk", "url", "http://1.2.3.4:8080/app.apk"),
    ("官网:yanglao.vip", "url", "yanglao.vip"),
    ("dwz.cn/ab12。", "url", "dwz.cn/ab12"),
    ("打款到6222020200112233445", "account", "6222020200112233445"),
    ("6222 0202 0011 2233 445", "account", "6222020200112233445"),
    ("账号:1603 0012 0920 0123 456", "account", "1603001209200123456"),
    ("开户行:工商银行张店支行 160300120920", "account", "160300120920"),
    ("支付宝:test@163.com", "account", "test@163.com"),
    ("支付宝账号 13812345678", "account", "13812345678"),
    ("usdt地址t9yd14nj9j7xab4dbgeix9h8unkkhxuwwb", "account", "t9yd14nj9j7xab4dbgeix9h8unkkhxuwwb"),
    ("代码91110000802100433b", "credit_code", "91110000802100433b"),
]


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_it_is_found_with_its_value(text: str, kind: str, value: str) -> None:
    assert [(found.kind, found.value) for found in identifiers(text)] == [(kind, value)]


NOT_FOUND = [
    "95588元",
    "注册资本4000000000元",
    "投资10000元/年化12.5%",
    "微信转账50000元",
    "1995年成立,2024-11-22 10:30开业",
    "v2.0版本",
    "编号20240101123456789012",
    "邮箱test@163.com",
    "一般项目:技术服务;农副产品销售",
]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_other_numbers_and_letters_are_no_identifiers(text: str) -> None:
    assert identifiers(text) == ()


def test_several_kinds_are_told_apart_in_reading_order() -> None:
    text = "qq:88886666,微信:lao_zhang1,电话13812345678,www.a.com"
    assert [found.kind for found in identifiers(text)] == ["qq", "wechat", "phone", "url"]


VALIDITY = [
    ("91110000802100433b", True),
    ("91440300708461136t", True),
    ("914403001922038216", True),
    ("91110000802100434b", False),
    ("4111111111111111", True),
    ("4111111111111112", False),
]


@pytest.mark.parametrize(("text", "valid"), VALIDITY)
def test_check_digits_are_checked(text: str, valid: bool) -> None:
    assert [found.valid for found in identifiers(text)] == [valid]


def with_check_digit(seventeen: str) -> str:
    return next(seventeen + digit for digit in "0123456789x" if citizen_number_holds(seventeen + digit))


CITIZENS = st.builds(
    lambda region, born, order: with_check_digit(f"{region}{born:%Y%m%d}{order:03d}"),
    st.sampled_from(["370303", "110101", "512501", "620102", "452723"]),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)
PLACES = [
    "{}",
    "身份证{}",
    "账号:{}",
    "卡号 {}",
    "微信:{}",
    "qq:{}",
    "电话{}",
    "支付宝{}",
    "http://a.cn/?id={}",
    "加v:zl{}",
]


@given(CITIZENS, st.sampled_from(PLACES))
def test_a_citizen_number_is_never_passed_on(number: str, place: str) -> None:
    for written in (number, f"{number[:6]} {number[6:14]} {number[14:]}"):
        for found in identifiers(place.format(written)):
            assert number[6:14] not in found.value
            assert number[-6:] not in found.value


@pytest.mark.parametrize(
    "masked", ["370303********1234", "3703031980****123x", "370303198001011***", "3703***********1234"]
)
def test_a_masked_citizen_number_is_no_account(masked: str) -> None:
    assert identifiers(masked) == ()


def test_a_mistyped_citizen_number_is_treated_as_one() -> None:
    number = "370303198001011235"
    assert not citizen_number_holds(number)
    assert citizen_numbers(number) == [(0, 18)]


def test_check_digits_of_known_numbers() -> None:
    assert luhn_holds("4111111111111111")
    assert credit_code_holds("91110000802100433b")
    assert citizen_number_holds("11010519491231002x")


PIECES = st.sampled_from(
    ["1", "38", "微信:", "qq", "www.", ".com", "@", "*", "x", " ", "-", "账号:", "6222", "0533", "a", "号", "电话"]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_identifiers_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for found in identifiers(text):
        assert found.kind in KINDS
        assert end <= found.start < found.end <= len(text)
        assert found.value[0] in text[found.start : found.end]
        end = found.end


@pytest.mark.parametrize(
    "unit", ["1", "a", "138", "a.", "qq:", "https://", "微信:", "6222020200112233445 ", "138****5678,"]
)
def test_four_times_the_text_takes_about_four_times_the_work(unit: str) -> None:
    """A quadratic step would take sixteen times as long."""
    short = (unit * 10_000)[:10_000]
    assert seconds_for(short * 4) < 10 * seconds_for(short) + 0.005


def seconds_for(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        identifiers(text)
        best = min(best, time.perf_counter() - started)
    return best
