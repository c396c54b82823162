// SPDX-License-Identifier: MIT
// A trigger that fires says when; what to trade comes from a sizer.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable|cannot convert
#include <trimtab/trigger.hpp>

double target(const trimtab::firing& f) {
#ifdef TRIMTAB_BAD
  return f;
#else
  return f.fired ? f.target : 0.0;
#endif
}
