// SPDX-License-Identifier: MIT
// expect: no viable overloaded operator|no match for|could not convert|no (known|viable) conversion
#include <trimtab/market/price.hpp>

double price(trimtab::oracle_prices<double> prices, trimtab::asset_id asset, trimtab::price_slot slot) {
#ifdef TRIMTAB_BAD
  static_cast<void>(slot);
  return prices[asset].value;
#else
  static_cast<void>(asset);
  return prices[slot].value;
#endif
}
