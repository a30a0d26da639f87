"""Main program of krgbootctl: options common to all commands, errors, exit codes."""

from __future__ import annotations

import errno
import sys
import traceback
from typing import Annotated

import typer
import typer.exceptions

import krgboot
from krgboot import _interrupt, visible
from krgboot.cli import clusters, exports, images, labs, names, output

app = typer.Typer(
    name="krgbootctl",
    help="Boot servers for diskless clusters: PXE, DHCP, TFTP and NFS root from one cluster.yaml.",
    epilog="Exit codes: 0 fine; 1 failed; 2 plan: changes are pending, verify: drift, trace and image kernels: a node "
    "would not boot, or krgboot cannot tell, image verify and image diff: trees differ; 64 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
clusters.register(app)
names.register(app)
app.add_typer(exports.app, name="exports")
app.add_typer(images.app, name="image")
app.add_typer(labs.app, name="lab")


def _show_version(value: bool) -> None:
    if value:
        output.say(f"krgbootctl {krgboot.__version__}")
        raise typer.Exit


@app.callback()
def _frame(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run krgbootctl and exit with its exit code."""
    code: object = _interrupt.STATUS
    try:
        _interrupt.install(_interrupt.raise_it)
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:
        pass
    _interrupt.install(_interrupt.at_once)
    if code == _interrupt.STATUS and _interrupt.happened:
        output.say("interrupted", to=output.err)
    _interrupt.put_off()
    sys.exit(code if isinstance(code, int) else output.OK)


def _run(words: list[str]) -> object:
    """Run the command in ``words``; return its exit code, None for 0."""
    # The words after "--" belong to another program.
    as_json = "--json" in (words[: words.index("--")] if "--" in words else words)
    try:
        code: object = typer.main.get_command(app).main(words, prog_name="krgbootctl", standalone_mode=False)
        sys.stdout.flush()
    except krgboot.Error as error:
        output.show_error(error, as_json=as_json)
    except typer.exceptions.TyperException as error:
        output.show_usage_error(error)
        return output.USAGE
    except typer.Abort:
        output.say("interrupted", to=output.err)
        return _interrupt.STATUS
    except BrokenPipeError:
        # The reader of standard output has closed it.
        sys.stderr.close()
    except OSError as error:
        where = f"{visible(str(error.filename))}: " if error.filename else ""
        message = f"{where}{error.strerror or error}"
        refused = krgboot.IoError(message, "io.system", "use", str(error.filename or ""), error.errno or errno.EIO)
        output.show_error(refused, as_json=as_json)
    except Exception as error:  # a bug in krgboot; its text is untrusted and escaped like any other
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = "".join(traceback.format_exception_only(error)).strip()
        message = f"please report this: {visible(said, lines=True)} ({place.filename}:{place.lineno})"
        output.show_error(krgboot.InternalError(message), as_json=as_json)
    else:
        return code
    return output.FAILED
