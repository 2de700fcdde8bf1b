"""``risk-screen train``: fit the classifiers on the labelled corpus."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from risk_screen.cli.options import RulesOption
from risk_screen.errors import RiskScreenError


class LearningMissingError(RiskScreenError):
    """The extra ``learning`` is not installed."""

    code = "learning_missing"


def train(
    *,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", "-c", metavar="CHANNEL", help="只训练这个渠道；可重复")
    ] = None,
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="标注语料目录，默认 models/corpus")] = Path(
        "models/corpus"
    ),
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="模型目录，默认 models")] = Path(
        "models"
    ),
    rules: RulesOption = None,
) -> None:
    """用标注语料训练分类器。

    每个渠道写出 pipeline.joblib、scorer.npz 和 card.yaml；语料的写法见 models/corpus/README.md。

    例：risk-screen train --channel marketing --output 新模型
    """
    from risk_screen.bulk.writing import OutputError
    from risk_screen.screening.submission import CHANNELS, UnknownChannelError
    from risk_screen.wiring import load_book

    try:
        from risk_screen.learning.training import train as train_channel
    except ModuleNotFoundError as error:
        raise LearningMissingError(
            f"缺少训练所需的库（{error.name}）：请安装 pip install 'risk-screen[learning]'。"
        ) from error
    channels = channel or list(CHANNELS)
    if not set(channels) <= set(CHANNELS):
        raise UnknownChannelError
    book = load_book(rules)
    today = datetime.now(UTC).date()
    for one in channels:
        try:
            report = train_channel(one, corpus=corpus, output=output, book=book, trained_on=today, progress=typer.echo)
        except OSError as error:
            raise OutputError(f"无法写入模型目录 {output}：请检查 --output 是否可写、磁盘是否已满。") from error
        figures = "，".join(f"{name} {value}" for name, value in report.figures.items())
        typer.echo(f"{one} 验证集：{figures}")
