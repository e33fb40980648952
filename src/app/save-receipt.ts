// "Export receipt": a receipt becomes a file among the person's downloads.

import type { Receipt } from '../protocol/receipt.ts'
import { receiptFile, receiptFileName } from '../protocol/receipt-file.ts'

export function saveReceipt(receipt: Receipt): void {
  const json = JSON.stringify(receiptFile(receipt), null, 2)
  const url = URL.createObjectURL(new Blob([`${json}\n`], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = receiptFileName(receipt)
  link.click()
  // The browser has taken the blob by the next task.
  setTimeout(() => URL.revokeObjectURL(url))
}
