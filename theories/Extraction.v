(** Extraction of the checker to OCaml: the only file with [Extract] directives.

    The fast build replaces three names by OCaml code written by hand, each with the meaning of its definition:
      [farr]  a flat array of 64-bit floats
      [fget]  its bounds-checked access (out of bounds raises, and the driver rejects; in Coq it gives a default)
      [ftab]  tabulation by a native loop (same values in the same order as [fill])
    They stand in checker/farray.ml. Everything else comes from Coq's official directives; the modules [Float64]
    and [Uint63] that these name are checker/float64.ml and checker/uint63.ml, small enough to read. The slow build (ExtractionSlow.v) overrides nothing and links
    Coq's own modules; tests compare the two. *)
From Coq Require Import Extraction ExtrOcamlBasic ExtrOCamlFloats ExtrOCamlInt63.
From Provenn Require Import Base.Vector Base.Dot Checker.Words Checker.Check.

Extract Constant farr => "Farray.t".
Extract Constant fget => "Farray.get".
Extract Constant ftab => "Farray.tab".

(* Coq 8.16 prints these constructors without their module. *)
Extract Inductive FloatClass.float_class => "Float64.float_class" [ "Float64.PNormal" "Float64.NNormal" "Float64.PSubn" "Float64.NSubn" "Float64.PZero" "Float64.NZero" "Float64.PInf" "Float64.NInf" "Float64.NaN" ].
Extract Inductive PrimFloat.float_comparison => "Float64.comparison"
  [ "Float64.FEq" "Float64.FLt" "Float64.FGt" "Float64.FNotComparable" ].

Extraction "checker.ml" check dot.
