import { readSetting, runApp } from '@waybill/platform';
import { destinationDescriptors, sourceDescriptors } from '@waybill/registry';
import { DeliveryService } from './delivery-service.ts';
import { deliveryModule } from './delivery-module.ts';

await runApp({
  name: 'delivery-service',
  plan: async log => {
    const setting = await readSetting(log, {
      sources: sourceDescriptors,
      destinations: destinationDescriptors,
    });
    return {
      module: deliveryModule(setting, log),
      port: setting.environment.port,
      host: setting.environment.host,
      database: setting.check,
      databasePatience: 'exit',
      begin: app => app.get(DeliveryService).begin(),
      end: () => setting.database.$disconnect(),
    };
  },
});
