"""``risk-screen backup`` and ``risk-screen restore``: the whole database as one file, and back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

import risk_screen
from risk_screen.cli.options import DatabaseOption
from risk_screen.errors import RiskScreenError

LEAST_CHARACTERS: Final = 12
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", metavar="FILE", help="口令文件（一行，至少 12 个字符）；给出就加密")
]
RestorePassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", metavar="FILE", help="备份时用的口令文件")
]


class BackupFileError(RiskScreenError):
    """A file that was named cannot be used."""

    code = "backup_file"


def backup(
    *,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="备份文件，例如 backup-20261123.rsbackup")],
    passphrase_file: PassphraseOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="文件已存在时覆盖")] = False,
    database: DatabaseOption = None,
) -> None:
    """把整个数据库备份成一个文件，服务不必停。

    两种数据库得到同一种文件，可以恢复到任一种。文件里有公民的个人信息，最好用 --passphrase-file 加密。

    例：risk-screen backup backup-20261123.rsbackup --passphrase-file /root/backup.key
    """
    from risk_screen.operations.backing_up import back_up
    from risk_screen.settings import Settings
    from risk_screen.storage.database import attach_database

    if target.exists() and not overwrite:
        raise BackupFileError(f"{target} 已存在：请换一个文件名，或加 --overwrite。")
    passphrase = _passphrase(passphrase_file)
    engine = attach_database(database or Settings().database)
    made = back_up(engine, target, datetime.now(UTC), program=risk_screen.__version__, passphrase=passphrase)
    engine.dispose()
    kind = "已加密" if passphrase else "没有加密，里面有个人信息，请妥善保管"
    typer.echo(f"已备份 {made.rows:,} 行到 {target}（{target.stat().st_size:,} 字节，{kind}）。\nSHA-256 {made.sha256}")


def restore(
    *,
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="备份文件")],
    passphrase_file: RestorePassphraseOption = None,
    check: Annotated[bool, typer.Option("--check", help="只检查文件是否完整，不恢复")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="数据库里已有的记录全部换掉")] = False,
    database: DatabaseOption = None,
) -> None:
    """把备份文件恢复到数据库：全部恢复，或原样不动。先停下服务。

    恢复前检查文件是否完整，恢复后检查审计记录是否首尾相接；备份由旧版本所做的，恢复时升级。

    例：risk-screen restore backup-20261123.rsbackup --passphrase-file /root/backup.key
    """
    from risk_screen.operations.anchoring import usual_anchor_file
    from risk_screen.operations.backing_up import Restoring, check_backup
    from risk_screen.operations.backing_up import restore as put_back
    from risk_screen.settings import Settings

    passphrase, settings = _passphrase(passphrase_file), Settings()
    address = database or settings.database
    try:
        if check:
            header, sha256 = check_backup(source)
            typer.echo(f"备份完整：{_told(header.created_at)}由程序 {header.program} 所做。\nSHA-256 {sha256}")
            return
        restored = put_back(address, source, datetime.now(UTC), Restoring(passphrase, replaces=replace))
    except OSError as error:
        raise BackupFileError(f"{source} 读不了：请检查路径与权限。") from error
    typer.echo(f"已恢复 {restored.rows:,} 行（{_told(restored.header.created_at)}的备份），审计记录首尾相接。")
    from sqlalchemy import make_url

    anchors = settings.audit_anchors or usual_anchor_file(make_url(address))
    if anchors.exists():
        typer.echo(f"{anchors} 记的是恢复以前的审计记录：请移到别处保存，再启动服务。")


def _told(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M} "


def _passphrase(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        passphrase = file.read_bytes().strip()
    except OSError as error:
        raise BackupFileError(f"口令文件 {file} 读不了：请检查路径与权限。") from error
    if len(passphrase) < LEAST_CHARACTERS:
        raise BackupFileError(f"口令文件 {file} 里的口令太短：至少要 {LEAST_CHARACTERS} 个字符。")
    return passphrase
