// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/record/data.hpp>
#include <trimtab/record/models.hpp>
#include <trimtab/record/parts.hpp>

#include "record/recorded.hpp"
#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace trimtab;
using namespace trimtab::record;
using recorded::lost;

// Random bits in every field, infinities, NaNs and subnormals among them.
TEST(RecordData, AllThatAPolicySeesKeepsAndSaysReadsBack) {
  EXPECT_EQ(lost(snapshot<liquidity::constant_product>{}, 1, 500), 0U);
  EXPECT_EQ(lost(snapshot<liquidity::supply_curve, 3>{}, 2, 500), 0U);
  EXPECT_EQ(lost(execution{}, 3, 500), 0U);
  EXPECT_EQ(lost(order{}, 4, 500), 0U);
  EXPECT_EQ(lost(receipt{}, 5, 500), 0U);
  EXPECT_EQ(lost(sizing::trade{}, 6, 500), 0U);
  EXPECT_EQ(lost(plan<>{}, 7, 200), 0U);
  EXPECT_EQ(lost(reserve_limits{}, 8, 500), 0U);
  EXPECT_EQ(lost(feed{}, 9, 500), 0U);
  constexpr policy p{
      health::morpho_blue{}, oracle::all_of{oracle::max_age{}, oracle::max_rate_of_change{}},
      trigger::all_of{trigger::any_of{trigger::drift_band{}, trigger::liquidation_risk{}}, trigger::cooldown{}},
      sizing::both_ways{sizing::in_chunks{sizing::restore_target{}}, sizing::leverage_up{}}};
  using policy_type = std::remove_const_t<decltype(p)>;
  EXPECT_EQ(lost(p, 10, 300), 0U);
  EXPECT_EQ(lost(policy_type::state_type{}, 11, 300), 0U);
  EXPECT_EQ(lost(policy_type::decision_type{}, 12, 300), 0U);
}

// What is counted here are the words: a field that the names leave out does not compile, one that is written twice or
// under another's name would be one of these.
TEST(RecordData, EveryFieldHasAPathOfItsOwn) {
  const auto distinct = [](const std::string& text) {
    std::vector<std::string> paths;
    for (std::size_t at = text.find('\n') + 1; at < text.size(); at = text.find('\n', at) + 1)
      paths.push_back(text.substr(at, text.find(" = ", at) - at));
    const std::size_t all = paths.size();
    std::sort(paths.begin(), paths.end());
    return std::unique(paths.begin(), paths.end()) == paths.end() ? all : 0U;
  };
  EXPECT_EQ(distinct(recorded::text_of("x", execution{})), 14U);
  EXPECT_EQ(distinct(recorded::text_of("x", gas_market{})), 5U);
  EXPECT_EQ(distinct(recorded::text_of("x", sizing::trade{})), 23U);
  EXPECT_EQ(distinct(recorded::text_of("x", snapshot<liquidity::constant_product>{})), 31U);
}

// One field after another differs from the default, and its line, and no other, is another.
TEST(RecordData, NamesAreThoseOfTheirFields) {
  const auto changes = [](auto value, auto&& change) {
    const auto before = recorded::text_of("x", value);
    change(value);
    const auto after = recorded::text_of("x", value);
    std::string changed;
    for (std::size_t a = 0, b = 0; a < before.size() && b < after.size();) {
      const auto one = before.substr(a, before.find('\n', a) - a), two = after.substr(b, after.find('\n', b) - b);
      if (one != two) changed += two + ";";
      a += one.size() + 1, b += two.size() + 1;
    }
    return changed;
  };
  EXPECT_EQ(changes(execution{}, [](auto& e) { e.gas_ceiling = 3.0; }), "x.gas_ceiling = 3;");
  EXPECT_EQ(changes(execution{}, [](auto& e) { e.leave_overvalued = true; }), "x.leave_overvalued = yes;");
  EXPECT_EQ(changes(execution{}, [](auto& e) { e.tank_transactions = 3.0; }), "x.tank_transactions = 3;");
  EXPECT_EQ(changes(execution{}, [](auto& e) { e.resend_after = seconds{3}; }), "x.resend_after = 3;");
  EXPECT_EQ(changes(gas_market{}, [](auto& g) { g.price_native = 3.0; }), "x.price_native = 3;");
  EXPECT_EQ(changes(reserve_limits{}, [](auto& r) { r.supply_room = 3.0; }), "x.supply_room = 3;");
  EXPECT_EQ(changes(feed{}, [](auto& f) { f.contractual.price = 3.0; }), "x.contractual.price = 3;");
  EXPECT_EQ(changes(feed{}, [](auto& f) { f.next.at = at_unix(3); }), "x.next.at = 3;");
  EXPECT_EQ(changes(order{}, [](auto& o) { o.gave_up_a_piece = true; }), "x.gave_up_a_piece = yes;");
  EXPECT_EQ(changes(order{}, [](auto& o) { o.fee = 3.0; }), "x.fee = 3;");
  EXPECT_EQ(changes(order{}, [](auto& o) { o.replacement.expected.debt_by = 3.0; }),
            "x.replacement.expected.debt_by = 3;");
  struct nothing {};
  using said = decision<nothing>;
  EXPECT_EQ(changes(said{}, [](auto& d) { d.next_health = 3.0; }), "x.next_health = 3;");
  EXPECT_EQ(changes(said{}, [](auto& d) { d.benefit = 3.0; }), "x.benefit = 3;");
  EXPECT_EQ(changes(said{}, [](auto& d) { d.gas_limit = 3.0; }), "x.gas_limit = 3;");
  EXPECT_EQ(changes(said{}, [](auto& d) { d.best_health = 3.0; }), "x.best_health = 3;");
  EXPECT_EQ(changes(said{}, [](auto& d) { d.emergency = true; }), "x.emergency = yes;");
  EXPECT_EQ(changes(said{}, [](auto& d) { d.alarms.undervalued = true; }), "x.alarms.undervalued = yes;");
}

}  // namespace
