"""Run a command in a setting, and judge what it leaves and says."""

from collections.abc import Iterator

from .running import Ended
from .settings import INTERRUPTED_CODE, THEIRS, Setting
from .states import Files, files_of, is_like, leftovers, part, rest
from .trial import Trial, Verdict, changed_files


def judge(trial: Trial, setting: Setting) -> tuple[Verdict, Ended]:
    """Run the command of a trial in a setting, then once more without; say what was wrong."""
    case = trial.case
    place = trial.emptied("disturbed")
    trial.fill(place)
    before = files_of(place.work)
    place.setups.extend(setting.setups)
    ended = place.run(case.arguments, setting.answer, stops_when=case.stops_when, families=setting.families)
    place.setups.clear()
    after = files_of(place.work)
    lost = list(_losses(trial, setting, ended, before, after))
    unclear = [problem for run in (ended, *setting.peers) for problem in _obscurities(trial, setting, run)]
    if setting.is_repeatable:
        states = {name: _state(trial, setting, name, before, after) for name in case.outputs}
        lost += trial.second_run(place, before, states, spared=setting.touched)
    return Verdict(tuple(lost), tuple(unclear)), ended


def _losses(trial: Trial, setting: Setting, ended: Ended, before: Files, after: Files) -> Iterator[str]:
    case = trial.case
    if ended.watched.is_hung:
        yield "it hung"
    for name in case.outputs:
        state = _state(trial, setting, name, before, after)
        if state == "half":
            yield f"{name} is neither old nor new"
        elif ended.code == 0 and state not in ("new", "new of the others") and not setting.is_late:
            yield f"ended with 0, but {name} is {state}"
    for path in setting.kept:
        if after.get(path) != THEIRS.encode():
            yield f"what another program put at {path} is gone"
    is_plain = setting.has_reader and not case.outputs and not case.stops_when
    printed = {trial.printed} if setting.other is None else {trial.printed, setting.other.out}
    if ended.code == 0 and is_plain and ended.out not in printed:
        yield "ended with 0, but printed something else"
    allowed = (*case.may_leave, *trial.spares(after), *setting.touched)
    if ended.code < 0 or ended.code == INTERRUPTED_CODE or setting.is_stuck:  # the next run clears it away
        allowed = (*allowed, *leftovers(after))
    strangers = trial.strangers(rest(after, allowed))
    known = trial.strangers(rest(before, (*case.may_leave, *setting.touched)))
    if changed := changed_files(strangers, known):
        yield f"changed or left besides the outputs: {', '.join(changed)}"


def _state(trial: Trial, setting: Setting, name: str, before: Files, after: Files) -> str:
    """Return in which state an output is: of this run, of an earlier one, of another program, or of none."""
    own = part(after, name)
    state = trial.state(name, part(before, name), own)
    if setting.others and is_like(own, part(setting.others, name), name):
        return "new of the others"
    if state != "half":
        return state
    if any(name == taken or name.startswith(f"{taken}/") for taken in setting.touched):
        theirs = THEIRS.encode()
        if own in ({}, {"": theirs}, {"/": b"", "/theirs.txt": theirs}):
            return "taken"
        if own.pop("/theirs.txt", b"") == theirs:
            return trial.state(name, part(before, name), own)
    return "half"


def _obscurities(trial: Trial, setting: Setting, ended: Ended) -> Iterator[str]:
    if "Traceback" in ended.err or "Exception ignored" in ended.err:
        yield "a traceback"
    errors = [line for line in ended.err.splitlines() if line.startswith("error: ")]
    if ended.code not in (0, *setting.codes):
        yield f"exit code {ended.code}"
    elif ended.code == 0 and errors:
        yield "an error, but exit code 0"
    elif ended.code == 2 and len(errors) != 1 and setting.has_errors:
        yield f"{len(errors)} lines of errors"
    elif ended.code == 2 and errors and setting.names_file and not trial.is_named(errors[0]):
        yield f"no file of the command line is named: {errors[0]}"
