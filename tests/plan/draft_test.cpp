// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/draft.hpp>

#include <cmath>

namespace {

using namespace trimtab;
using plan_detail::draft;

constexpr asset_id eth{1}, usdc{2}, dai{3};
constexpr token tokens[] = {{eth, 18}, {usdc, 6}};

constexpr plan<4> written() {
  draft<4> d{.tokens = tokens};
  d.add(action::withdraw, eth, units{5});
  d.swap(eth, usdc, 3, units{5}, units{1}, units{2});
  d.all(action::repay, usdc);
  return d.done(at_unix(9)).value();
}
static_assert(written().count == 3 && written().token_count == 2 && written().seal == seal_of(written()));
static_assert(written().steps[1].venue == 3 && written().deadline == at_unix(9));

TEST(Draft, TheFirstErrorStaysAndWhatFollowsIsVoid) {
  draft<4> d{.tokens = tokens};
  d.add(action::supply, eth, d.up(eth, std::nan("")));
  EXPECT_EQ(d.bad, errc::not_finite);
  d.fail(errc::dust);
  d.add(action::supply, eth, units{1});
  EXPECT_EQ(d.p.count, 0U);
  EXPECT_EQ(d.done(at_unix(1)).error(), errc::not_finite);
}

TEST(Draft, RefusesWhatNoStepMayBe) {
  const auto after = [](auto&& write) {
    draft<2> d{.tokens = tokens};
    write(d);
    return d.bad;
  };
  EXPECT_EQ(after([](auto& d) { d.add(action::supply, eth, units{}); }), errc::dust);
  EXPECT_EQ(after([](auto& d) { d.add(action::supply, dai, units{1}); }), errc::asset_mismatch);
  EXPECT_EQ(after([](auto& d) { d.swap(eth, dai, 0, units{1}, {}, {}); }), errc::asset_mismatch);
  EXPECT_EQ(after([](auto& d) {
              for (int i = 0; i < 3; ++i) d.all(action::supply, eth);
            }),
            errc::capacity);
  EXPECT_EQ(after([](auto& d) { d.less(units{1}, units{2}); }), errc::dust);
  EXPECT_EQ(after([](auto& d) { d.sum(units::from_words(~0ULL, ~0ULL), units{1}); }), errc::overflow);
  EXPECT_EQ(after([](auto& d) { d.pay(eth, units{}); }), errc::ok) << "no gas is no step";
  const token wrong[] = {{eth, 40}};
  draft<2> d{.tokens = wrong};
  d.all(action::supply, eth);
  EXPECT_EQ(d.bad, errc::bad_configuration);
}

}  // namespace
