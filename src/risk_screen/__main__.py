"""``python -m risk_screen`` is the command ``risk-screen``."""

from risk_screen.cli.main import run

if __name__ == "__main__":
    run()
