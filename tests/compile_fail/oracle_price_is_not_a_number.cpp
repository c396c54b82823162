// SPDX-License-Identifier: MIT
// A price is unwrapped where it is multiplied, and nowhere else.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable|no match for|invalid
// operands|cannot convert
#include <trimtab/market/price.hpp>

double value(trimtab::oracle_prices<double> prices, double amount) {
#ifdef TRIMTAB_BAD
  return amount * prices[trimtab::price_slot{0}];
#else
  return amount * prices[trimtab::price_slot{0}].value;
#endif
}
