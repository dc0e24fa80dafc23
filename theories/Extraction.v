(** Extraction of the checkers of certificates and of gradients to OCaml, twice, and of binary32 arithmetic
    (float/kernel.ml, a program of its own): the only file with [Extract] directives.

    The slow build (extracted/slow) uses Coq's official directives and Coq's own modules, nothing chosen here.
    The fast build (extracted) replaces ten names by OCaml code written by hand, with the meaning that they
    have in Coq:
      [farr]  a flat array of 64-bit floats
      [fget]  its bounds-checked access; out of bounds it raises, and the driver rejects (in Coq: a default)
      [ftab]  tabulation by a native loop (same values in the same order as [fill])
      [ftab4] the same, with four values from each call (in Coq: four calls, of which each gives one)
      [nat_of]  the same unary number by a loop (in Coq: by binary ones, with a stack as deep as the number)
      [table], [entry], [tabulate]  the same for arrays of anything else, without the four
      [both], [abreast]  a pair, one half of which another process may compute (in Coq: a pair)
    All but [nat_of] stand in checker/farray.ml, and the last two in checker/parallel.ml; checker/float64.ml and
    checker/uint63.ml replace Coq's modules of these names, so that neither building nor running the checker
    needs Coq. Tests compare the two builds. *)
From Coq Require Import Extraction ExtrOcamlBasic ExtrOCamlFloats ExtrOCamlInt63 ExtrOCamlPArray.
From Provenn Require Import Base.Vector Base.Parallel Base.Dot Checker.Words Checker.Check.
From Provenn Require Import Autodiff.Gradient Autodiff.CheckStep.
From Provenn Require Import Float.Reference Float.ReferenceGraph Float.Flush.

(* Coq 8.16 prints these constructors without their module, and the array type without parentheses if it is
   inlined. *)
Extract Inductive FloatClass.float_class => "Float64.float_class"
  [ "Float64.PNormal" "Float64.NNormal" "Float64.PSubn" "Float64.NSubn" "Float64.PZero" "Float64.NZero"
    "Float64.PInf" "Float64.NInf" "Float64.NaN" ].
Extract Inductive PrimFloat.float_comparison => "Float64.float_comparison"
  [ "Float64.FEq" "Float64.FLt" "Float64.FGt" "Float64.FNotComparable" ].
Extraction NoInline PArray.array.

Extraction "slow/checker.ml" check.
Extraction "slow/gradient.ml" check_gradient check_step.

Extraction Inline PArray.array.
Extract Constant farr => "Farray.t".
Extract Constant fget => "Farray.get".
Extract Constant ftab => "Farray.tab".
Extract Constant ftab4 => "Farray.tab4".
Extract Constant table "'a" => "'a Farray.table".
Extract Constant entry => "Farray.entry".
Extract Constant tabulate => "Farray.tabulate".
Extract Constant nat_of => "(let rec up n m = if n = 0 then m else up (n - 1) (S m) in fun n -> up n O)".
Extract Constant both => "Parallel.both".
Extract Constant abreast => "Parallel.abreast".

Extraction "checker.ml" check dot.
Extraction "gradient.ml" check_gradient check_step.
Extraction "float/kernel.ml" add_all sub_all mul_all div_all sqrt_all round_all eq_all lt_all le_all affine32
  reference addz_all mulz_all.
