// SPDX-License-Identifier: MIT
// Limits are set by the fair price: set by what the venue pays, they would bind nothing.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable|incompatible type|cannot
// convert|invalid|assigning to|incompatible
#include <trimtab/liquidity.hpp>
#include <trimtab/sizing.hpp>

void limit(trimtab::sizing::problem<trimtab::liquidity::constant_product>& p, double fair) {
#ifdef TRIMTAB_BAD
  static_cast<void>(fair);
  p.fair_rate = p.venue->marginal_price(0.0);
#else
  p.fair_rate = fair;
#endif
}
