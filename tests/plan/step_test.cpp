// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/step.hpp>

#include <iterator>
#include <set>
#include <string>
#include <type_traits>

namespace {

using namespace trimtab;

constexpr asset_id eth{1}, usdc{2}, dai{3};

static_assert(std::is_trivially_copyable_v<step>);
static_assert(std::is_trivially_copyable_v<plan<>>);
static_assert(plan<>{}.begin() == plan<>{}.begin() || plan<>{}.count == 0);

constexpr auto overfull() {
  plan<2> p;
  const errc first = p.add({}), second = p.add({}), third = p.add({});
  return first == errc::ok && second == errc::ok && third == errc::capacity && p.count == 2;
}
static_assert(overfull());

constexpr plan<> some_plan() {
  plan<> p{.deadline = at_unix(1'000)};
  p.list(eth, 18);
  p.list(usdc, 6);
  p.add({.what = action::withdraw, .asset = eth, .amount = units{5}});
  p.add({.venue = 1, .asset = eth, .asset_out = usdc, .amount = units{5}, .min_out = units{9}});
  p.add({.what = action::repay, .meant = quantity::all_held, .asset = usdc});
  return sealed(p);
}
static_assert(some_plan().seal == seal_of(some_plan()));

TEST(Step, EveryActionAndQuantityHasItsOwnName) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < action_count; ++i) names.insert(name(static_cast<action>(i)));
  for (std::size_t i = 0; i < quantity_count; ++i) names.insert(name(static_cast<quantity>(i)));
  EXPECT_EQ(names.size(), action_count + quantity_count);
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_STREQ(name(action::flash_borrow), "flash_borrow");
  EXPECT_STREQ(name(action::transfer_out), "transfer_out");
  EXPECT_STREQ(name(quantity::whole_debt_by_shares), "whole_debt_by_shares");
  EXPECT_STREQ(name(static_cast<action>(action_count)), "unknown");
  EXPECT_STREQ(name(static_cast<quantity>(quantity_count)), "unknown");
}

TEST(Step, APlanListsItsStepsInOrderAndKnowsItsTokens) {
  plan<> p = some_plan();
  EXPECT_EQ(std::distance(p.begin(), p.end()), 3);
  EXPECT_EQ(p.begin()->what, action::withdraw);
  EXPECT_EQ(p.decimals(eth), 18);
  EXPECT_EQ(p.decimals(usdc), 6);
  EXPECT_EQ(p.decimals(dai), -1);
  EXPECT_EQ(p.index_of(dai), plan<>::max_tokens);
  EXPECT_EQ(p.list(usdc, 6), errc::ok) << "listed already, and the same";
  EXPECT_EQ(p.token_count, 2U);
  EXPECT_EQ(p.list(usdc, 18), errc::bad_configuration);
  EXPECT_EQ(p.list(dai, 28), errc::bad_configuration);
  EXPECT_EQ(p.list(dai, -1), errc::bad_configuration);
  for (std::uint32_t i = 2; i < plan<>::max_tokens; ++i) EXPECT_EQ(p.list(asset_id{10 + i}, 18), errc::ok);
  EXPECT_EQ(p.list(dai, 18), errc::capacity);
  EXPECT_EQ(plan<>{}.deadline, never) << "a plan nobody dated is expired";
}

TEST(Step, ACountBeyondTheCapacityReadsNothingBeyondIt) {
  plan<2> p;
  p.count = 900;
  p.token_count = 77;
  EXPECT_EQ(std::distance(p.begin(), p.end()), 2);
  EXPECT_EQ(p.add({}), errc::capacity);
  EXPECT_EQ(p.list(dai, 18), errc::capacity);
  EXPECT_EQ(seal_of(p), seal_of(p));
}

TEST(Step, TheSealIsThatOfEveryField) {
  const plan<> p = some_plan();
  std::set<std::uint64_t> seals{p.seal};
  std::size_t tried = 1;
  const auto with = [&](auto&& change) {
    plan<> q = p;
    change(q);
    seals.insert(seal_of(q));
    ++tried;
  };
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t one = std::uint64_t{1} << bit;
    for (std::uint32_t i = 0; i < p.count; ++i) {
      with([&](plan<>& q) {
        q.steps[i].amount = units::from_words(q.steps[i].amount.high(), q.steps[i].amount.low() ^ one);
      });
      with([&](plan<>& q) {
        q.steps[i].amount = units::from_words(q.steps[i].amount.high() ^ one, q.steps[i].amount.low());
      });
      with([&](plan<>& q) { q.steps[i].min_out = units::from_words(0, q.steps[i].min_out.low() ^ one); });
      with([&](plan<>& q) { q.steps[i].min_out = units::from_words(one, q.steps[i].min_out.low()); });
      if (bit < 32) {
        with([&](plan<>& q) { q.steps[i].asset.value ^= static_cast<std::uint32_t>(one); });
        with([&](plan<>& q) { q.steps[i].asset_out.value ^= static_cast<std::uint32_t>(one); });
      }
      if (bit < 16) with([&](plan<>& q) { q.steps[i].venue = static_cast<std::uint16_t>(q.steps[i].venue ^ one); });
      if (bit < 8) {
        with([&](plan<>& q) {
          q.steps[i].what = static_cast<action>(static_cast<std::uint64_t>(q.steps[i].what) ^ one);
        });
        with([&](plan<>& q) {
          q.steps[i].meant = static_cast<quantity>(static_cast<std::uint64_t>(q.steps[i].meant) ^ one);
        });
      }
    }
    if (bit < 32) {
      for (std::uint32_t k = 0; k < p.token_count; ++k) {
        with([&](plan<>& q) { q.tokens[k].asset.value ^= static_cast<std::uint32_t>(one); });
        with([&](plan<>& q) { q.tokens[k].decimals ^= static_cast<int>(one); });
      }
    }
    if (bit < 60)
      with([&](plan<>& q) { q.deadline = at_unix(unix_seconds(q.deadline) ^ static_cast<long long>(one)); });
  }
  for (const std::uint32_t n : {0U, 1U, 2U, 4U, 16U, 17U, ~0U}) {
    with([&](plan<>& q) { q.count = n; });
    if (n != 2U) with([&](plan<>& q) { q.token_count = n; });
  }
  EXPECT_EQ(seals.size(), tried) << "all different, and different from the plan's own";
}

}  // namespace
