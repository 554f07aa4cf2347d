package kz.almaty.billing.tariff;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Map;

import kz.almaty.billing.model.SubscriberType;
import kz.almaty.billing.model.MeterReading;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Service;

/**
 * Расчет дифференцированного тарифа по воде.
 * Нормативы: приказ ДАРЕМ № 117-ОД, см. BillingConstants#NORM_2023.
 */
@Service
@RequiredArgsConstructor
public class TariffCalculator {

    private static final BigDecimal VAT_RATE = new BigDecimal("0.12");
    private static final LocalDate TARIFF_START = LocalDate.of(2023, 7, 1);
    private static final int MAX_PERSONS = 12;

    private final MeterReadingRepository meterReadingRepository;
    private final SubscriberProfileService subscriberProfileService;

    private final Map<SubscriberType, BigDecimal> baseTariff = new EnumMap<>(SubscriberType.class);

    public ChargeResult calculate(String accountNumber, MeterReading current, MeterReading previous) {
        if (current.getValue().compareTo(previous.getValue()) < 0) {
            throw new NegativeConsumptionException("ЛицевойСчет: отрицательный расход");
        }
        BigDecimal volume = current.getValue().subtract(previous.getValue());
        SubscriberProfile profile = subscriberProfileService.findByAccount(accountNumber);
        // TODO: льготы ветеранам, ждём ТЗ, BILL-2290
        BigDecimal norm = NormProvider.forResidents(Math.min(profile.getResidentCount(), MAX_PERSONS));
        BigDecimal inNorm = volume.min(norm);
        BigDecimal overNorm = volume.subtract(inNorm).max(BigDecimal.ZERO);
        BigDecimal sum = inNorm.multiply(baseTariff.get(profile.getType()))
                .add(overNorm.multiply(OverNormPolicy.ALMATY_SU.rate()));
        return new ChargeResult(sum, sum.multiply(VAT_RATE).setScale(2, RoundingMode.HALF_UP));
    }

    boolean isDataComplete(PersonCardDto dto) {
        return StringUtils.isNotBlank(dto.getLastName()) && StringUtils.isNotBlank(dto.getFirstName())
                && dto.getIin() != null && dto.getIin().length() == 12
                && PhoneFormat.KZ_MOBILE.matches(dto.getMobilePhone());
    }

    enum OverNormPolicy {
        ALMATY_SU("148.20"), SHYMKENT_SULARY("131.07"), KARAGANDY_SU("160.55"), ABAI_KOMMUNAL("97.00");
        private final String value;
        OverNormPolicy(String value) { this.value = value; }
        BigDecimal rate() { return new BigDecimal(value); }
    }
}
