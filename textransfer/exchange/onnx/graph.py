"""Build an ONNX graph node by node; names of values are made up."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.extras import require

OPSET, ML_OPSET = 18, 3
"""Versions of the operators, known to onnxruntime since 1.14."""
_IR_VERSION = 8
_ML = "ai.onnx.ml"
_PURPOSE = "a classifier in ONNX"

Array = npt.NDArray[Any]


class GraphBuilder:
    """Collects nodes and constants. Values are called by their names, as in ONNX."""

    def __init__(self) -> None:
        self._onnx = require("onnx", extra="onnx", purpose=_PURPOSE)
        require("onnx.numpy_helper", extra="onnx", purpose=_PURPOSE)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._n = 0

    def _name(self, kind: str) -> str:
        self._n += 1
        return f"{kind}_{self._n}"

    def constant(self, value: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> str:
        """Return a value that is known now; text becomes strings."""
        array = np.asarray(value, dtype)
        if array.dtype.kind == "U":
            array = array.astype(object)
        name = self._name("constant")
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - of any node
        """Return the value of a node."""
        return self.ops(kind, inputs, 1, **attributes)[0]

    def ops(
        self,
        kind: str,
        inputs: Sequence[str],
        n: int,
        domain: str = "",
        **attributes: Any,  # noqa: ANN401 - of any node
    ) -> list[str]:
        """Return the values of a node that has several."""
        names = [self._name(kind.lower()) for _ in range(n)]
        self._nodes.append(
            self._onnx.helper.make_node(kind, list(inputs), names, domain=domain, **attributes)
        )
        return names

    def cast(self, value: str, dtype: npt.DTypeLike) -> str:
        """Return numbers in another type."""
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.op("Cast", value, to=kind)

    def size(self, value: str, axis: int) -> str:
        """Return the length of an axis, shape (1,)."""
        shape = self.op("Shape", value)
        return self.op("Slice", shape, self.constant([axis]), self.constant([axis + 1]))

    def slice(self, value: str, start: int | str, end: int | str, axis: int = 0) -> str:
        """Return a part of an axis; bounds are whole numbers, or values of the shape (1,)."""
        bounds = [each if isinstance(each, str) else self.constant([each]) for each in (start, end)]
        return self.op("Slice", value, *bounds, self.constant([axis]))

    def column(self, value: str) -> str:
        """Return (n,) as (n, 1)."""
        return self.op("Unsqueeze", value, self.constant([1]))

    def rows(self, table: Array, ids: str, *, otherwise: float = 0.0) -> str:
        """Return rows of a table by their ids, in double precision; -1 stands for a row of one number."""
        last = np.full((1, *table.shape[1:]), otherwise, table.dtype)
        return self.cast(self.op("Gather", self.constant(np.concatenate([table, last])), ids), np.float64)

    def lookup(self, keys: Sequence[int] | npt.NDArray[np.int64], values: str) -> str:
        """Return the place of each value among some keys, -1 where it is none."""
        listed = [int(key) for key in keys]
        if not listed:
            return self.op("Sub", self.op("Mul", values, self.constant(0)), self.constant(1))
        attributes = {
            "keys_int64s": listed,
            "values_int64s": list(range(len(listed))),
            "default_int64": -1,
        }
        return self.ops("LabelEncoder", [values], 1, domain=_ML, **attributes)[0]

    def distinct(self, keys: str) -> tuple[str, str, str]:
        """Return where distinct keys stand first, which one each key is, and how often each occurs."""
        _, first, inverse, counts = self.ops("Unique", [keys], 4, sorted=1)
        return first, inverse, counts

    def sums(self, owners: str, values: str, n_owners: str) -> str:
        """Return the sum of the values of each owner, of which there are (M,): (n_owners,) or (n_owners, D).

        Not by ScatterND, which onnxruntime runs in several threads: they would lose parts of sums.
        """
        shape = self.op("Shape", values)
        width = self.op("Slice", shape, self.constant([1]), self.constant([2**31]))
        zeros = self.op("Expand", self.constant(0.0), self.op("Concat", n_owners, width, axis=0))
        # (M,), or (M, 1) for rows of D: as many axes as the values have.
        ones = self.op("Expand", self.constant([1]), self.op("Shape", width))
        column = self.op("Concat", self.size(owners, 0), ones, axis=0)
        places = self.op("Expand", self.op("Reshape", owners, column), shape)
        return self.op("ScatterElements", zeros, places, values, axis=0, reduction="add")

    def flags(self, value: str) -> str:
        """Return truth values as 0 and 1, in double precision."""
        return self.cast(value, np.float64)

    def not_negative(self, ids: str) -> str:
        """Return which ids are those of a row."""
        return self.op("GreaterOrEqual", ids, self.constant(0))

    def where_any(self, owners: str, flags: str, n_owners: str) -> str:
        """Return whether an owner has a flag, shape (n_owners,)."""
        return self.op("Greater", self.sums(owners, flags, n_owners), self.constant(0.0))

    def softmax(self, logits: str) -> str:
        """Return probabilities, (n, C)."""
        return self.op("Softmax", logits, axis=1)

    def choose(self, condition: str, yes: str, no: str) -> str:
        """Return, for each text, the row of one or the other, by (n,) truth values."""
        return self.op("Where", self.column(condition), yes, no)

    def model(self, inputs: dict[str, list[Any]], outputs: dict[str, tuple[str, str, list[Any]]]) -> bytes:
        """Return the file.

        Inputs are whole numbers, by name with the names or sizes of their axes; outputs, by name, a value,
        its type ("DOUBLE", "STRING") and axes.
        """
        helper, proto = self._onnx.helper, self._onnx.TensorProto
        for name, (value, _, _) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [name]))
        graph = helper.make_graph(
            self._nodes,
            "classifier",
            [helper.make_tensor_value_info(name, proto.INT64, axes) for name, axes in inputs.items()],
            [
                helper.make_tensor_value_info(name, getattr(proto, kind), axes)
                for name, (_, kind, axes) in outputs.items()
            ],
            self._constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_ML, ML_OPSET)]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="textransfer"
        )
        content: bytes = model.SerializeToString()
        return content
