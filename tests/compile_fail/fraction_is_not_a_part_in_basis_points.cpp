// SPDX-License-Identifier: MIT
// 3 % written as a fraction among the fields of a part: where a plain aggregate's braces could be left out.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/sizing.hpp>

trimtab::sizing::restore_target sizer() {
#ifdef TRIMTAB_BAD
  return {.max_slippage = 0.03};
#else
  return {.max_slippage = {300.0}};
#endif
}
