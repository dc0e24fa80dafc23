"""The checker of train steps: it accepts what Python makes, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from provenn.verify import checker
from tests.coq import steps

pytestmark = pytest.mark.usefixtures("checker_program")


@pytest.mark.parametrize("tag", steps.tags())
def test_steps_of_every_op_are_accepted(tag: str) -> None:
    for seed in range(3):
        said = checker.run_step(*steps.of_op(tag, seed))
        assert said.accepted, f"seed {seed}: {said.reason} {said.detail}"
        assert said.facts["clipping"] == ("none", "0.5", "none")[seed]
        assert said.facts["norm"] == ("no", "yes", "yes")[seed]


def test_it_says_what_it_understood() -> None:
    forward, plan, step = steps.tanh_net()
    said = checker.run_step(forward, plan, step)
    assert said.accepted
    expected = {"forward-nodes": str(int(forward[3])), "step-nodes": str(int(step[3])), "weights": "2",
                "clipping": "1"}
    assert expected.items() <= said.facts.items()
    assert set(said.facts["rules"].split()) <= set(steps.RULES)


def test_every_changed_word_of_a_step_is_rejected() -> None:
    forward, plan, step = steps.tanh_net()
    rng = np.random.default_rng(0)
    for k in range(step.size):
        forged = step.copy()
        forged[k] = rng.choice([v for v in (-1.0, 0.0, 1.0, 2.0, 3.5, np.nan, np.inf) if v != step[k]])
        said = checker.run_step(forward, plan, forged)
        assert not said.accepted, f"word {k}: {step[k]} became {forged[k]}"


def test_longer_and_shorter_steps_are_rejected() -> None:
    forward, plan, step = steps.tanh_net()
    assert checker.run_step(forward, plan, step[:-1]).reason == "truncated"
    assert checker.run_step(forward, plan, np.append(step, 0.0)).reason == "trailing-words"


def test_the_step_of_another_plan_is_rejected() -> None:
    forward, plan, step = steps.tanh_net()
    for k in range(plan.size):
        forged = plan.copy()
        forged[k] = 2 * forged[k] + 1
        assert not checker.run_step(forward, forged, step).accepted, f"word {k} of the plan"


def test_the_norm_is_part_of_the_plan() -> None:
    one, two = (steps.tanh_net(limit=0.0, norm=norm) for norm in (False, True))
    assert [k for k in range(one[1].size) if one[1][k] != two[1][k]] == [4]
    assert checker.run_step(*one).accepted
    assert checker.run_step(*two).accepted
    assert not checker.run_step(*one[:2], two[2]).accepted
    assert not checker.run_step(*two[:2], one[2]).accepted


def test_a_limit_without_clipping_is_malformed() -> None:
    forward, plan, step = steps.tanh_net(limit=0.0)
    for mode in (0.0, 1.0, 3.0):
        plan[4:6] = mode, 2.0
        assert checker.run_step(forward, plan, step).reason == "malformed"


@pytest.mark.parametrize("limit", [0.0, 2.0])
def test_clipping_is_part_of_the_plan(limit: float) -> None:
    forward, plan, _ = steps.tanh_net(limit=limit)
    _, _, other = steps.tanh_net(limit=2.0 - limit)
    assert not checker.run_step(forward, plan, other).accepted


def test_kept_outputs_are_all_outputs() -> None:
    forward, plan, step = steps.tanh_net(kept=2)
    assert checker.run_step(forward, plan, step).accepted
    plan[6] = 1
    assert checker.run_step(forward, plan, step).reason == "wrong-shape"


def test_a_long_step_takes_seconds() -> None:
    files = steps.tanh_net(depth=400)
    said = checker.run_step(*files, timeout=60)
    assert said.accepted
    assert int(said.facts["step-nodes"]) > 2000
    assert float(said.facts["seconds"]) < 5
