// SPDX-License-Identifier: MIT
// What an oracle says is nothing that anybody would pay.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/oracle.hpp>

trimtab::executable_observation quoted(trimtab::oracle_prices<double> prices, trimtab::executable_price<double> paid) {
#ifdef TRIMTAB_BAD
  static_cast<void>(paid);
  return {.price = prices[trimtab::price_slot{0}]};
#else
  static_cast<void>(prices);
  return {.price = paid};
#endif
}
