// SPDX-License-Identifier: MIT
// What a step may say, and what each quantity moves; the protocol's side of a step is in settle_test.cpp.
#include <gtest/gtest.h>

#include <trimtab/plan/settle.hpp>

#include "support/plan_worlds.hpp"

namespace {

using namespace trimtab;
using enum action;
using cases::collateral_asset;
using cases::debt_asset;

static_assert(whole_debt_in_words<cases::protocol>() == quantity::exact);
static_assert(whole_debt_in_words<cases::protocol_by_max>() == quantity::whole_debt_by_max);
static_assert(whole_debt_in_words<cases::protocol_by_shares>() == quantity::whole_debt_by_shares);

TEST(CarryOut, AStepSaysWhatItsActionReadsAndNothingElse) {
  const auto of = [](const step& s) { return plan_detail::well_formed(s); };
  const asset_id a{1}, b{2};
  for (std::size_t i = 0; i < action_count; ++i) {
    const auto what = static_cast<action>(i);
    const bool trades = what == swap, from_wallet = what == supply || what == repay || trades || what == transfer_out;
    step s{.what = what, .asset = a, .asset_out = trades ? b : asset_id{}, .amount = units{1}};
    EXPECT_EQ(of(s), errc::ok) << name(what);
    auto t = s;
    t.amount = {};
    EXPECT_EQ(of(t), errc::dust) << name(what);
    t.meant = quantity::all_held;
    EXPECT_EQ(of(t), from_wallet ? errc::ok : errc::bad_configuration) << name(what);
    t.amount = units{1};
    EXPECT_EQ(of(t), errc::bad_configuration) << "an amount that is not read";
    for (const auto whole : {quantity::whole_debt_by_max, quantity::whole_debt_by_shares}) {
      t.meant = whole;
      EXPECT_EQ(of(t), what == repay ? errc::ok : errc::bad_configuration) << name(what);
    }
    t.meant = quantity::share_held;
    EXPECT_EQ(of(t), trades ? errc::ok : errc::bad_configuration) << name(what);
    t.amount = units{1'000'000'000};
    EXPECT_EQ(of(t), errc::bad_configuration) << "all of it has its own word";
    t = s, t.venue = 1;
    EXPECT_EQ(of(t), trades ? errc::ok : errc::bad_configuration) << name(what);
    t = s, t.min_out = units{1};
    EXPECT_EQ(of(t), trades ? errc::ok : errc::bad_configuration) << name(what);
    t = s, t.asset_out = {3};
    EXPECT_EQ(of(t), trades ? errc::ok : errc::bad_configuration) << name(what);
    t = s, t.asset_out = a;
    EXPECT_EQ(of(t), trades ? errc::asset_mismatch : errc::bad_configuration) << name(what);
    t = s, t.meant = static_cast<quantity>(quantity_count);
    EXPECT_EQ(of(t), errc::bad_configuration);
  }
  EXPECT_EQ(of({.what = static_cast<action>(action_count), .amount = units{1}}), errc::bad_configuration);
}

TEST(CarryOut, APlanListsEveryTokenOnce) {
  auto p = cases::empty_plan_of_two();
  EXPECT_EQ(plan_detail::well_formed(p), errc::ok);
  auto q = p;
  q.tokens[1].asset = q.tokens[0].asset;
  EXPECT_EQ(plan_detail::well_formed(q), errc::duplicate_asset);
  q = p, q.tokens[0].decimals = 28;
  EXPECT_EQ(plan_detail::well_formed(q), errc::bad_configuration);
  q = p, q.count = 17;
  EXPECT_EQ(plan_detail::well_formed(q), errc::capacity);
  q = p, q.token_count = 9;
  EXPECT_EQ(plan_detail::well_formed(q), errc::capacity);
  q = p, (void)q.add({.what = supply, .asset = {9}, .amount = units{1}});
  EXPECT_EQ(plan_detail::well_formed(q), errc::asset_mismatch);
}

// 1000 of collateral against 400, and 1000 of the debt asset that the owner brings.
template <class Model>
result<settlement<cases::pool>> repaid(quantity meant, units amount, units brought = *units::floor(1000.0, 6)) {
  cases::plan_world<Model> w;
  w.price = {1.0, 1.0, 1.0, 1.0, 1.0};
  for (std::uint32_t i = 0; i < 2; ++i) w.model.table[i] = {asset_id{i + 1}, {static_cast<std::uint16_t>(i)}};
  w.model.count = 2;
  (void)w.account.add({.asset = collateral_asset, .collateral = 1000.0});
  (void)w.account.add({.asset = debt_asset, .debt = 400.0});
  auto p = cases::empty_plan_of_two();
  (void)p.add({.what = transfer_in, .asset = debt_asset, .amount = brought});
  (void)p.add({.what = repay, .meant = meant, .asset = debt_asset, .amount = amount});
  return w.settle(sealed(p), w.account);
}

TEST(CarryOut, ARepaymentIsWhatItsQuantityMeans) {
  using max = cases::protocol_by_max;
  using shares = cases::protocol_by_shares;
  using silent = cases::protocol;
  const units some = *units::floor(150.0, 6), much = *units::floor(700.0, 6), owed = *units::floor(400.0, 6);
  const auto taken = [](const auto& s) { return s->moved.of(debt_asset, party::debt).taken; };
  // Exactly: what is too much is cut off, or refused where debts are shares.
  EXPECT_EQ(taken(repaid<max>(quantity::exact, some)), some);
  EXPECT_EQ(repaid<max>(quantity::exact, some)->account[1].debt, 250.0);
  EXPECT_EQ(taken(repaid<max>(quantity::exact, much)), owed);
  EXPECT_EQ(taken(repaid<silent>(quantity::exact, much)), owed);
  EXPECT_EQ(taken(repaid<shares>(quantity::exact, owed)), owed);
  EXPECT_EQ(repaid<shares>(quantity::exact, much).error(), errc::insufficient_balance);
  // All that is held, at most what is owed.
  for (const units brought : {some, owed, much}) {
    const units least = brought < owed ? brought : owed;
    EXPECT_EQ(taken(repaid<max>(quantity::all_held, {}, brought)), least);
    EXPECT_EQ(taken(repaid<shares>(quantity::all_held, {}, brought)), least);
    EXPECT_EQ(repaid<shares>(quantity::all_held, {}, brought)->moved.gained(debt_asset, party::owner), units{});
  }
  // The whole debt, in the protocol's own words and no other's, up to the allowance.
  EXPECT_EQ(taken(repaid<max>(quantity::whole_debt_by_max, much)), owed);
  EXPECT_EQ(taken(repaid<shares>(quantity::whole_debt_by_shares, owed)), owed);
  EXPECT_EQ(repaid<max>(quantity::whole_debt_by_max, some).error(), errc::insufficient_balance);
  EXPECT_EQ(repaid<shares>(quantity::whole_debt_by_shares, much, some).error(), errc::insufficient_balance);
  EXPECT_EQ(repaid<shares>(quantity::whole_debt_by_max, much).error(), errc::bad_configuration);
  EXPECT_EQ(repaid<max>(quantity::whole_debt_by_shares, much).error(), errc::bad_configuration);
  EXPECT_EQ(repaid<silent>(quantity::whole_debt_by_max, much).error(), errc::bad_configuration);
}

TEST(CarryOut, AShareIsExactInIntegers) {
  test::random_numbers draw(6);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t amount = draw.bits() >> draw.below(64), parts = 1 + draw.below(1'000'000'000);
    const auto exact = static_cast<std::uint64_t>(static_cast<units::integer>(amount) * parts / 1'000'000'000U);
    ASSERT_EQ(billionths_of(units{amount}, parts), units{exact});
  }
  const units most = units::from_words(~0ULL, ~0ULL);
  EXPECT_EQ(billionths_of(most, 1'000'000'000), most);
  EXPECT_EQ(billionths_of(most, 0), units{});
}

}  // namespace
