"""What may be set from outside, by environment variables that begin with RISK_SCREEN_."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process; command-line options come before them.

    Attributes
    ----------
    rules, models : Path or None
        Folders of rulebook and models; None looks in the working folder, then in the package.
    database : str
        SQLAlchemy address of the store of assessments.
    audit_anchors : Path or None
        File outside the database that the head of the audit trail is noted in; None puts it beside a SQLite file.
    xlsx_max_megabytes : int
        Most megabytes an .xlsx file may unpack to; a larger one is not opened.
    """

    model_config = SettingsConfigDict(env_prefix="RISK_SCREEN_", env_ignore_empty=True, extra="ignore")

    rules: Path | None = None
    models: Path | None = None
    database: str = "sqlite:///var/risk_screen.db"
    audit_anchors: Path | None = None
    xlsx_max_megabytes: int = 1000
