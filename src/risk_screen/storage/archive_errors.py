"""What may be wrong with a backup, or in the way of one. Whatever it is, the database stays as it was."""

from risk_screen.errors import RiskScreenError


class ArchiveUnreadableError(RiskScreenError):
    """The file is no backup, or is of a format this program does not know."""

    code = "backup_unreadable"

    def __init__(self, why: str = "这不是 risk-screen backup 做的备份文件，或开头已损坏") -> None:
        super().__init__(f"备份读不了：{why}。请检查路径，换一份备份重试；数据库没有改动。")


class ArchiveDamagedError(RiskScreenError):
    """The file is not what was written: cut off, changed, or not whole."""

    code = "backup_damaged"

    def __init__(self) -> None:
        super().__init__("备份已损坏：内容被截断或改动过，与文件里记的校验值不符。请换一份备份重试；数据库没有改动。")


class ArchiveNewerError(RiskScreenError):
    """The backup was made of a database that a newer program had brought forwards."""

    code = "backup_newer"

    def __init__(self) -> None:
        super().__init__("这份备份由更新版本的程序所做：请先升级程序，再恢复；数据库没有改动。")


class PassphraseError(RiskScreenError):
    """The passphrase is missing, of no use, or not the one."""

    code = "backup_passphrase"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}；数据库没有改动。")


class NotEmptyError(RiskScreenError):
    """The database to be filled holds something."""

    code = "restore_not_empty"

    def __init__(self) -> None:
        super().__init__(
            "这个数据库里已有记录，没有恢复：请换一个空的数据库（--database）；确要用备份换掉全部现有记录，先备份现有的，"
            "再加 --replace。"
        )


class RestoredTrailError(RiskScreenError):
    """The audit trail in the backup is not whole."""

    code = "restore_trail_broken"

    def __init__(self) -> None:
        super().__init__(
            "备份里的审计记录不完整或被改动过，没有恢复，数据库没有改动：请换一份备份，并查明这份备份从哪里来。"
        )


class NothingToBackUpError(RiskScreenError):
    """The database has none of our tables."""

    code = "backup_empty"

    def __init__(self) -> None:
        super().__init__("这个数据库里没有本程序的表，没有可备份的：请检查 --database。")


class BackupUnwritableError(RiskScreenError):
    """The file cannot be written."""

    code = "backup_unwritable"

    def __init__(self) -> None:
        super().__init__("备份文件写不出去：请检查目录、权限和磁盘空间；没有留下不完整的文件。")
