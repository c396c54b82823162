// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/record/data.hpp>
#include <trimtab/record/parts.hpp>
#include <trimtab/record/text.hpp>

#include "record/recorded.hpp"
#include <string>
#include <vector>

// A part of somebody else's: one line gives it a text form.
namespace tests {
struct nothing_to_say {};
struct quota {
  double most = 2.5;
  trimtab::seconds per{60};
};
}  // namespace tests
template <>
inline constexpr std::string_view trimtab::record::names<tests::quota> = "quota: most per";
template <>
inline constexpr std::string_view trimtab::record::names<tests::nothing_to_say> = "nothing_to_say:";

namespace {

using namespace trimtab;
using namespace trimtab::record;
using recorded::text_of;

// Typed by hand: order and names are part of the form.
TEST(RecordText, OfATradeAsWritten) {
  const sizing::trade t{
      .towards = direction::deleverage,
      .mode = sizing::funding_mode::flash_debt,
      .collateral = asset_id{1},
      .debt = asset_id{2},
      .sold = 3.0,
      .expected_out = 0.1,
      .min_out = 1e22,
      .flash = 4.0,
      .flash_rate = basis_points{5.0},
      .flash_premium = 6.0,
      .gas_in_kind = 7.0,
      .paid_out = 8.0,
      .collateral_change = -9.0,
      .debt_change = -0.0,
      .health_before = 1.125,
      .health_after = 1.25,
      .health_at_min_out = 1.2,
      .cost = {.spread = 10.0, .impact = 11.0, .premium = 12.0, .gas = 13.0, .fee = 14.0, .reward = 15.0}};
  EXPECT_EQ(text_of("t", t),
            "trimtab-record 1\nt.towards = deleverage\nt.mode = flash_debt\nt.collateral = 1\nt.debt = 2\nt.sold = 3\n"
            "t.expected_out = 0.1\nt.min_out = 1e+22\nt.flash = 4\nt.flash_rate = 5\nt.flash_premium = 6\n"
            "t.gas_in_kind = 7\nt.paid_out = 8\nt.collateral_change = -9\nt.debt_change = -0\nt.health_before = 1.125\n"
            "t.health_after = 1.25\nt.health_at_min_out = 1.2\nt.cost.spread = 10\nt.cost.impact = 11\n"
            "t.cost.premium = 12\nt.cost.gas = 13\nt.cost.fee = 14\nt.cost.reward = 15\n");
}

TEST(RecordText, OfListsPacksAndChoices) {
  account<4> a;
  a.add({.asset = asset_id{7}, .collateral = 1.5});
  EXPECT_EQ(
      text_of("a", a),
      "trimtab-record 1\na = 1\na.0.asset = 7\na.0.collateral = 1.5\na.0.debt = 0\na.0.used_as_collateral = yes\n");
  const double prices[] = {2.0, 1.0};
  EXPECT_EQ(text_of("p", oracle_prices<double>{prices}), "trimtab-record 1\np = 2\np.0 = 2\np.1 = 1\n");
  EXPECT_EQ(text_of("p", oracle_prices<double>{}), "trimtab-record 1\np = 0\n");
  const trigger::all_of both{trigger::cooldown{seconds{9}}, trigger::drift_band{}};
  EXPECT_EQ(text_of("x", both),
            "trimtab-record 1\nx = all_of\nx.parts.0 = cooldown\nx.parts.0.wait = 9\nx.parts.1 = drift_band\n"
            "x.parts.1.lower = 1.15\nx.parts.1.target = 1.25\nx.parts.1.upper = inf\nx.parts.1.emergency = 0\n"
            "x.parts.1.rearm = 0\nx.parts.1.rearm_above = 0\nx.parts.1.speed = 1\n");
  const liquidity::any_venue<liquidity::frictionless, liquidity::constant_price> v{
      liquidity::constant_price{.cap = 2.0}};
  EXPECT_EQ(text_of("v", v),
            "trimtab-record 1\nv.choice = 1\nv = constant_price\nv.price = 1\nv.cap = 2\nv.fee = 0\nv.gas_units = 0\n");
}

TEST(RecordText, OfSomebodyElsesPart) {
  EXPECT_EQ(text_of("q", tests::quota{}), "trimtab-record 1\nq = quota\nq.most = 2.5\nq.per = 60\n");
  EXPECT_EQ(text_of("n", tests::nothing_to_say{}), "trimtab-record 1\nn = nothing_to_say\n");
  EXPECT_EQ(text_of("s", oracle::max_age::state_type{}), "trimtab-record 1\n") << "a state that remembers nothing";
}

TEST(RecordText, ABufferThatIsTooSmallIsRefusedAndNotOverrun) {
  const auto whole = text_of("band", trigger::drift_band{});
  ASSERT_EQ(text_size("band", trigger::drift_band{}), whole.size());
  for (std::size_t room = 0; room <= whole.size(); ++room) {
    std::vector<char> out(room + 1, '#');
    const auto written = to_text("band", trigger::drift_band{}, std::span{out}.first(room));
    ASSERT_EQ(written.has_value(), room == whole.size());
    ASSERT_EQ(out[room], '#');
    ASSERT_EQ(written.error(), room == whole.size() ? errc::ok : errc::capacity);
  }
  const std::string long_name(250, 'n'), longer(257, 'n');
  std::vector<char> out(1 << 14);
  EXPECT_EQ(to_text(long_name, seconds{1}, out).has_value(), true);
  EXPECT_EQ(to_text(longer, seconds{1}, out).error(), errc::capacity);
  EXPECT_EQ(to_text(long_name, trigger::drift_band{}, out).error(), errc::capacity) << "a path of more than 256";
}

// FNV-1a of the empty text, "a" and "foobar", from the draft's appendix.
static_assert(hash_of("") == 0xcbf29ce484222325U);
static_assert(hash_of("a") == 0xaf63dc4c8601ec8cU);
static_assert(hash_of("foobar") == 0x85944171f73967e8U);

TEST(RecordText, TheHashOfAValueIsThatOfItsText) {
  const trigger::drift_band band{.lower = 1.2};
  EXPECT_EQ(hash_of("band", band), hash_of(text_of("band", band)));
  EXPECT_NE(hash_of("band", band), hash_of("band", trigger::drift_band{}));
  EXPECT_NE(hash_of("band", band), hash_of("other", band));
}

}  // namespace
