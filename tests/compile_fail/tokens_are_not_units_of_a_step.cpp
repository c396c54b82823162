// SPDX-License-Identifier: MIT
// A plan carries whole smallest units: a contract executes it, and decides nothing.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/plan.hpp>

trimtab::step sale(double tokens) {
#ifdef TRIMTAB_BAD
  return {.what = trimtab::action::swap, .amount = tokens};
#else
  return {.what = trimtab::action::swap, .amount = trimtab::units::ceil(tokens, 18).value_or({})};
#endif
}
