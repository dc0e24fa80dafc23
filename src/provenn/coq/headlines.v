(** What TRUST.md shows of Coq: the statement of each headline theorem, then all that it rests on.

    Our modules are not imported where assumptions are printed, so that every name of ours shows its module. *)
From Provenn Require Import Checker.Sound.
Check check_sound.
Print Assumptions check_sound.

From Provenn Require Float.Sound.
Module Binary32_runs.
From Coq Require Import Reals List.
Check Sound.check_sound_binary32.
End Binary32_runs.
Print Assumptions Sound.check_sound_binary32.

From Provenn Require Autodiff.FrechetProof Autodiff.ReverseProof Autodiff.StepProof Autodiff.CheckStepProof.
Module Step_file.
From Coq Require Import Reals NArith List.
Check CheckStepProof.check_step_sound.
End Step_file.
Print Assumptions CheckStepProof.check_step_sound.
Module Train_step.
From Coq Require Import Reals NArith List.
Check StepProof.train_step_correct.
End Train_step.
Print Assumptions StepProof.train_step_correct.
Module Gradient.
From Coq Require Import Reals NArith List.
Check ReverseProof.loss_gradient_correct.
End Gradient.
Print Assumptions ReverseProof.loss_gradient_correct.
Module Frechet.
From Coq Require Import Reals NArith List.
Check FrechetProof.loss_gradient_frechet.
End Frechet.
Print Assumptions FrechetProof.loss_gradient_frechet.

From Provenn Require Float.ReferenceSound.
Module Reference_run.
From Coq Require Import Reals List.
Check ReferenceSound.reference_sound.
End Reference_run.
Print Assumptions ReferenceSound.reference_sound.

From Provenn Require Interface.SafetensorsProof Interface.WeightsProof Interface.RoundProof Interface.StoredProof.
Check SafetensorsProof.read_write.
Print Assumptions SafetensorsProof.read_write.
Module Weights_file.
From Coq Require Import Reals List.
Arguments WeightsProof.holds_run : clear implicits.
Check WeightsProof.holds_run.
End Weights_file.
Print Assumptions WeightsProof.holds_run.
Module Rounded_weights.
From Coq Require Import Reals List QArith.
Check RoundProof.element_nearest.
End Rounded_weights.
Print Assumptions RoundProof.element_nearest.
Module Stored_weights.
From Coq Require Import Reals List.
Arguments StoredProof.holds_stored_run : clear implicits.
Check StoredProof.holds_stored_run.
End Stored_weights.
Print Assumptions StoredProof.holds_stored_run.
