// SPDX-License-Identifier: MIT
// A refusal that nobody reads is a trade that nobody made.
// expect: (ignoring return(ed)? value|nodiscard)
#pragma GCC diagnostic error "-Wunused-result"
#include <trimtab/core/units.hpp>

void pay(trimtab::units a, trimtab::units b) {
#ifdef TRIMTAB_BAD
  a.subtract(b);
#else
  static_cast<void>(a.subtract(b));
#endif
}
