// SPDX-License-Identifier: MIT
// What one policy remembers means nothing to another.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable|no match for|invalid
// operands
#include <trimtab/trimtab.hpp>

template <class P, class Q>
auto decide(const P& p, const Q& other, const trimtab::snapshot<trimtab::liquidity::constant_product>& s) {
#ifdef TRIMTAB_BAD
  static_cast<void>(other);
  return p(typename Q::state_type{}, s);
#else
  static_cast<void>(other);
  return p(typename P::state_type{}, s);
#endif
}
bool trades(const trimtab::health::morpho_blue& market) {
  using namespace trimtab;
  const policy p{market, oracle::max_age{}, trigger::drift_band{}, sizing::restore_target{}};
  const policy other{market, oracle::max_rate_of_change{}, trigger::drift_band{}, sizing::restore_target{}};
  return decide(p, other, {}).verdict == verdict::rebalance;
}
