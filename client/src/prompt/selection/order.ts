import { create } from 'zustand';
import type { Order } from './list-items.ts';

interface OrderState {
  order: Order;
  setOrder(order: Order): void;
}

/** How the list of features is ordered, kept while panels come and go. */
export const useOrder = create<OrderState>()((set) => ({
  order: 'strongest',
  setOrder: (order) => set({ order }),
}));
