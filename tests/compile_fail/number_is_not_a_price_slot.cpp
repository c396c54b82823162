// SPDX-License-Identifier: MIT
// A bare index could as well be the number of an asset.
// expect: no viable overloaded operator|no match for|could not convert|no (known|viable) conversion
#include <trimtab/market/price.hpp>

double price(trimtab::oracle_prices<double> prices) {
#ifdef TRIMTAB_BAD
  return prices[1].value;
#else
  return prices[trimtab::price_slot{1}].value;
#endif
}
