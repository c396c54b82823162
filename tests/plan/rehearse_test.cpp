// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/rehearse.hpp>

#include "support/plan_worlds.hpp"
#include <cmath>

namespace {

using namespace trimtab;
using enum action;
using cases::collateral_asset;
using cases::debt_asset;
using plan_detail::draft;
using plan_detail::rehearse;
using plan_detail::stretch;

// 10000 at a threshold of 0.83 against 7800: sell some, and read back.
struct sale {
  cases::worked w{};
  std::array<token, 2> tokens{{{collateral_asset, 6}, {debt_asset, 6}}};

  [[nodiscard]] draft<8> made(double sold, double least, double expected) const {
    draft<8> d{.tokens = tokens};
    d.add(flash_borrow, collateral_asset, d.up(collateral_asset, sold));
    d.swap(collateral_asset, debt_asset, 0, d.up(collateral_asset, sold), d.down(debt_asset, least),
           d.down(debt_asset, expected));
    d.all(repay, debt_asset);
    d.add(withdraw, collateral_asset, d.up(collateral_asset, sold));
    d.add(flash_repay, collateral_asset, d.up(collateral_asset, sold));
    return d;
  }
  [[nodiscard]] plan_terms terms() const {
    return {.tokens = tokens, .funding = {sizing::funding_mode::flash_collateral, {}}};
  }
  [[nodiscard]] errc tried(const draft<8>& d, const plan_terms& t) const {
    return rehearse(w.model, w.account, d, w.prices(), t);
  }
};

TEST(Rehearse, BothEndsHaveToHold) {
  const sale s;
  auto t = s.terms();
  EXPECT_EQ(s.tried(s.made(3000.0, 2900.0, 2990.0), t), errc::ok);
  // 7000·0.83/(7800 − 2900) = 1.1857, at what is expected 1.2079.
  t.health_floor = 1.18;
  EXPECT_EQ(s.tried(s.made(3000.0, 2900.0, 2990.0), t), errc::ok);
  t.health_floor = 1.19;
  EXPECT_EQ(s.tried(s.made(3000.0, 2900.0, 2990.0), t), errc::unhealthy_step) << "at the minimum";
  EXPECT_EQ(s.tried(s.made(3000.0, 2950.0, 2990.0), t), errc::ok);
  EXPECT_EQ(s.tried(s.made(3000.0, 2900.0, 2890.0), s.terms()), errc::infeasible) << "the minimum is not expected";
  EXPECT_EQ(s.tried(s.made(3000.0, 100.0, 2990.0), s.terms()), errc::unhealthy_step)
      << "the withdrawal, where hardly anything was repaid";
  draft<8> bad;
  bad.fail(errc::overflow);
  EXPECT_EQ(s.tried(bad, s.terms()), errc::overflow);
}

TEST(Rehearse, DustIsForgivenAtTheMinimumOnly) {
  sale s;
  s.w.model.least_debt = 5000.0;
  EXPECT_EQ(s.tried(s.made(3000.0, 2790.0, 2799.0), s.terms()), errc::ok) << "5001 are left";
  EXPECT_EQ(s.tried(s.made(3000.0, 2790.0, 2801.0), s.terms()), errc::dust) << "4999 are left";
  s.w.model.least_debt = 4000.0;
  EXPECT_EQ(s.tried(s.made(8000.0, 7700.0, 7801.0), s.terms()), errc::ok)
      << "at the minimum 100 are left, which the protocol would undo; nothing is expected to be";
}

TEST(Rehearse, TheLeastOutputsAreFound) {
  const sale s;
  for (const double floor : {1.17, 1.19, 1.20}) {
    auto t = s.terms();
    t.health_floor = floor;
    t.deadline = at_unix(5);
    const auto p = plan_detail::with_least_outputs(s.w.model, s.w.account, s.w.prices(), t, 0.05, [&](double give) {
      return s.made(3000.0, 2990.0 * (1.0 - give), 2990.0);
    });
    ASSERT_TRUE(p.has_value()) << floor;
    EXPECT_EQ(p->deadline, at_unix(5));
    const double least = p->steps[1].min_out.to_tokens(6), exact = 7800.0 - 7000.0 * 0.83 / floor;
    EXPECT_GE(least, std::fmax(exact - 1e-9, 2990.0 * 0.95 - 1e-6));
    EXPECT_LE(least, std::fmax(exact, 2990.0 * 0.95) + 2e-6) << "to a unit";
  }
  auto t = s.terms();
  t.health_floor = 1.21;
  EXPECT_EQ(plan_detail::with_least_outputs(s.w.model, s.w.account, s.w.prices(), t, 0.05,
                                            [&](double give) { return s.made(3000.0, 2990.0 * (1.0 - give), 2990.0); })
                .error(),
            errc::unhealthy_step);
}

TEST(Rehearse, TermsAreValidated) {
  const sale s;
  EXPECT_EQ(s.terms().validate(), errc::ok);
  const auto with = [&](auto&& change) {
    auto t = s.terms();
    change(t);
    return t.validate();
  };
  for (const double bad : {-1.0, std::nan("")}) {
    EXPECT_EQ(with([&](auto& t) { t.health_floor = bad; }), errc::bad_configuration);
    EXPECT_EQ(with([&](auto& t) { t.funding.premium = {bad}; }), errc::bad_configuration);
    EXPECT_EQ(with([&](auto& t) { t.most_give = {bad}; }), errc::bad_configuration);
  }
  EXPECT_EQ(with([](auto& t) { t.most_give = {1e4}; }), errc::bad_configuration);
  const reserve_limits nan[] = {{.withdrawable = std::nan("")}};
  EXPECT_EQ(with([&](auto& t) { t.reserves = nan; }), errc::negative_amount);
  const growth twice[] = {{debt_asset, 1.0}, {debt_asset, 1.0}};
  EXPECT_EQ(with([&](auto& t) { t.growth = twice; }), errc::duplicate_asset);
}

TEST(Rehearse, AStretchCoversWhatIsMissing) {
  EXPECT_EQ(stretch(units{1000}, units{2000}), 1.0);
  EXPECT_NEAR(stretch(units{1'001'000}, units{1'000'000}), 1.002, 1e-12);
  EXPECT_EQ(stretch(units{1'100'000}, units{1'000'000}), 1.0) << "a tenth is another trade";
  EXPECT_GT(stretch(units{1'000'000}, units{1'000'000}), 1.0) << "the last places";
  EXPECT_EQ(stretch(units{1}, units{}), 1.0);
  EXPECT_EQ(stretch(units{}, units{}), 1.0);
}

}  // namespace
