"""Words are cut as jieba cuts them, and a coincidence inside other words is no word (DOMAIN 3.3)."""

import logging
import tempfile
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_screen.text.segmentation import SELDOM, Segmenter


def listed(words: str) -> list[str]:
    return words.split()


TERMS = listed("""
理财 基金 融资 信托 集资 解债 传销 下线 直销 分红 保本 保底 带单 分利 标会 合会 会员 还本 返本 股金 众筹 担保 支付 配资
代币 银行 增值 保险 日化 互助 p2p 认养 保本保息 年化收益 虚拟货币 拉人头
""")
COINCIDENCES = listed("""
代[理财]务 代[理财]税 办[理财]产 管[理财]务 企业管[理财]务咨询 处[理财]务 受[理财]产 整[理财]政 治[理财]政
镍[基金]属 铁[基金]属 钛[基金]属材料 钴[基金]属制品 [基金]会 慈善[基金]会
金[融资]讯 金[融资]产 通[信托]管 短[信托]管 收[集资]料 采[集资]源 征[集资]讯 募[集资]金 筹[集资]金
了[解债]券 理[解债]权 宣[传销]售 生产线[下线] 新车[下线] 垂[直销]售 十[分红]火 环[保本]色 环[保底]漆
携[带单]据 充[分利]用 目[标会]员 中[标会]议 招[标会] 投[标会] 综[合会]议 联[合会] 妇女联[合会]
董事[会员]工 监事[会员]工 偿[还本]公司债务 往[返本]市 控[股金]属 大[众筹]备 承[担保]洁 承[担保]养
开[支付]款 搭[配资]料 现[代币]种 白[银行]情 [增值]税 [保险]柜 [保险]杠 [保险]丝 [日化]用品
[互助]土族自治县 [p2p]直播 [p2p]传输 [认养]一头牛
""")
TRUE_USES = listed("""
[保本]理财 保本[理财] 提供[理财]服务 代客[理财] 家庭[理财] [理财]产品 投资[理财]咨询 合理[理财]
[基金]管理 私募[基金] 投资[基金]公司 企业[融资] [融资]租赁 [融资]担保 [信托]计划 金融[信托] [信托]投资
非法[集资] 民间[集资] 公司[集资] 向社会公众[集资] [集资]款 [集资]诈骗 债务[解债]服务 专业[解债]
组织[传销] [传销]活动 发展[下线] 拉[下线] [直销]模式 年底[分红] 股东[分红] 每月[分红] [保本]高息 [保本]金
[保本]型产品 [保底]收益 [带单]老师 老师[带单] 参加[标会] 民间[标会] 民间[合会] 发展[会员] [会员]卡 [会员]费
[还本]付息 到期[还本] 到期[返本] 按月[返本] 缴纳[股金] [股金]分红 股权[众筹] [众筹]平台
[担保]公司 融资[担保] 再[担保] [担保]人 第三方[支付] [支付]宝 股票[配资] [配资]炒股 发行[代币] 商业[银行]
工商[银行] [银行]存款 保值[增值] [保险]公司 再[保险] [互助]资金 民间[互助] [p2p]平台 [认养]奶牛 [日化]
[保本保息]项目 [年化收益]率 发行[虚拟货币]
""")


@pytest.fixture(scope="module", params=["own dictionary", "with the terms added"])
def segmenter(request: pytest.FixtureRequest) -> Segmenter:
    return Segmenter() if request.param == "own dictionary" else Segmenter(TERMS)


@pytest.fixture(scope="module")
def with_terms() -> Segmenter:
    return Segmenter(TERMS)


def marked(case: str, context: str) -> tuple[str, int, int]:
    """The text without brackets in its context, and where the brackets stood."""
    before, _, after = case.partition("[")
    term, _, after = after.partition("]")
    text = context.format(before + term + after)
    start = text.index(before + term + after) + len(before)
    return text, start, start + len(term)


CONTEXTS = ["{}", "从事{}。", "本公司主营{}等业务", "一般项目：销售、{}；技术服务"]


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("case", COINCIDENCES)
def test_a_coincidence_is_no_word(segmenter: Segmenter, case: str, context: str) -> None:
    assert not segmenter.allows(*marked(case, context))


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("case", TRUE_USES)
def test_a_true_use_is_a_word(segmenter: Segmenter, case: str, context: str) -> None:
    assert segmenter.allows(*marked(case, context))


def test_a_word_across_a_removed_separator_is_judged_in_the_joined_text(with_terms: Segmenter) -> None:
    assert not with_terms.allows("企业管理财务", 3, 5)
    assert not with_terms.allows("管理、财务", 1, 4)


def test_only_the_clause_is_read(with_terms: Segmenter) -> None:
    far = "企业管" * 20_000
    assert with_terms.allows(far + "，保本理财，" + far, len(far) + 1, len(far) + 3)
    assert not with_terms.allows(far + "宣传销售" + far, len(far) + 1, len(far) + 3)


def test_rare_characters_end_a_clause_and_load_nothing(with_terms: Segmenter) -> None:
    assert with_terms.allows("𠮷保本㐀", 1, 3)
    assert "_exact" not in vars(with_terms)


def test_a_district_may_add_hosts() -> None:
    assert Segmenter().allows("理财周报", 0, 2)
    assert not Segmenter(hosts={"理财": "理财周报"}).allows("理财周报", 0, 2)


PIECES = st.one_of(
    st.sampled_from(TERMS),
    st.sampled_from(
        listed("宣传销售 企业管理 财务 非法 公司 的 了 年化 12.5% 0571-8109 v3.1.2 a_b-c x.y. C++ AT&T 138-0013-8000")
    ),
    st.sampled_from("、，。；：（）“” \n\t-_.%+#&·〇"),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5),
    st.text(st.sampled_from("abcXYZ019.-_%+#&"), max_size=8),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
RARE = st.one_of(st.sampled_from("𠮷㐀鿰豈"), st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> jieba.Tokenizer:
    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    for word in TERMS:
        if not knows(tokenizer, word):
            tokenizer.add_word(word, SELDOM)
    return tokenizer


def knows(tokenizer: jieba.Tokenizer, word: str) -> bool:
    tokenizer.check_initialized()
    return bool(tokenizer.FREQ.get(word))


@given(texts=st.lists(TEXTS, min_size=7, max_size=7))
@settings(max_examples=280, deadline=None)
def test_words_are_those_of_jieba(with_terms: Segmenter, original: jieba.Tokenizer, texts: list[str]) -> None:
    for text in texts:
        assert with_terms.cut(text) == original.lcut(text)
        assert "".join(with_terms.cut(text)) == text


@given(before=TEXTS, rare=RARE, after=TEXTS)
@settings(max_examples=60, deadline=None)
def test_words_are_those_of_jieba_beside_rare_characters(
    with_terms: Segmenter, original: jieba.Tokenizer, before: str, rare: str, after: str
) -> None:
    assert with_terms.cut(before + rare + after) == original.lcut(before + rare + after)


def test_jieba_writes_nothing_into_the_shared_folder_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert Segmenter().cut("𠮷野家") == ["𠮷", "野家"]
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
